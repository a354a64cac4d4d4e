// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

@Suite struct CalicoKindTests {
    private func kind(_ apiVersion: String, _ kind: String) -> ObjectKind {
        ObjectKind(TypeName(apiVersion: apiVersion, kind: kind))
    }

    private func isRefused(_ kind: ObjectKind) -> Bool {
        if case .refused = kind { true } else { false }
    }

    @Test(arguments: CalicoKind.allCases)
    func everyKindIsKnownInBothForms(known: CalicoKind) {
        for version in CalicoKind.versions {
            #expect(kind(version, known.rawValue) == .calico(known))
            #expect(
                kind(version, "\(known.rawValue)List")
                    == .list(of: TypeName(apiVersion: version, kind: known.rawValue)))
        }
        #expect(isRefused(kind("projectcalico.org/v2", known.rawValue)))
        #expect(isRefused(kind("crd.projectcalico.org/v3", known.rawValue)))
    }

    @Test(
        arguments: [
            "BGPConfiguration", "BGPPeer", "BGPFilter", "IPAMBlock", "IPAMHandle", "IPAMConfig",
            "BlockAffinity", "ClusterInformation", "KubeControllersConfiguration", "Node",
            "IPReservation", "CalicoNodeStatus", "BGPPeerList", "LiveMigration",
        ])
    func kindsThatDoNotConcernUsArePassedOver(name: String) {
        for version in CalicoKind.versions { #expect(kind(version, name) == .other) }
    }

    @Test(
        arguments: [
            "networkpolicy", "NetworkPolice", "GlobalNetworkPolicys", "GlobalNetworkpolicy", "Teir",
            "HostEndpoints", "NetworkSets", "StagedNetworkPolice", "NetworkPolicylist",
        ])
    func misspeltKindsAreErrors(name: String) {
        #expect(isRefused(kind("projectcalico.org/v3", name)))
    }

    @Test func aPolicyOfAnUnknownGroupIsAnError() {
        #expect(isRefused(kind("networking.k8s.io/v1", "GlobalNetworkPolicy")))
        #expect(isRefused(kind("calico.org/v3", "StagedNetworkPolicy")))
        #expect(kind("example.org/v1", "Tier") == .other)
    }

    @Test func listsHoldTheirItems() {
        let text = """
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicyList
            items:
            - {metadata: {name: a}, spec: {}}
            - {metadata: {name: b}, spec: {}}
            ---
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: projectcalico.org/v3, kind: Tier, metadata: {name: t}}
            - {apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, labels: {a: b}}}
            """
        let decoded = decode(text)
        #expect(decoded.diagnostics == [])
        #expect(decoded.policies.map(\.value.id.name) == ["a", "b"])
        #expect(decoded.tiers.count == 1)
        #expect(
            decoded.serviceAccounts.map(\.value) == [
                ServiceAccount(
                    id: ServiceAccountID(namespace: "default", name: "robot"), labels: ["a": "b"])
            ])
    }

    @Test func aMissingTierIsAnErrorAndAMissingProfileAWarning() {
        let text =
            calicoText("GlobalNetworkPolicy", spec: "{tier: nowhere}") + "---\n"
            + calicoText("HostEndpoint", spec: "{node: a, interfaceName: e, profiles: [p, kns.x]}")
        let assembly = ClusterAssembly(decode(text))
        #expect(assembly.state.policies.count == 1)
        #expect(
            assembly.diagnostics.map { "\($0.severity) \($0.object ?? "") \($0.field ?? "")" } == [
                "error GlobalNetworkPolicy front spec.tier",
                "warning HostEndpoint front spec.profiles",
            ])
        let known = calicoText("Tier", "nowhere", spec: "{}") + "---\n" + text
        #expect(ClusterAssembly(decode(known)).diagnostics.count == 1)
    }

    @Test func everyClusterHasTheTiersOfTheApis() {
        #expect(
            ClusterAssembly(decode(calicoText("Tier", "a", spec: "{order: 1}"))).state.tiers
                == [
                    Tier(name: "a", order: 1, defaultAction: .deny), .admin, .standard, .baseline,
                ])
    }
}
