// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import Testing

@Suite struct MissingReferenceTests {
    private func source(_ text: String) -> Source { Source(name: "x.yaml", text: text) }

    private func policy(_ name: String, tier: String, order: Int = 1) -> Source {
        source(
            """
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: \(name)}
            spec: {tier: \(tier), order: \(order), selector: all()}
            """)
    }

    private let tier = Source(
        name: "x.yaml",
        text: """
            apiVersion: projectcalico.org/v3
            kind: Tier
            metadata: {name: security}
            spec: {order: 10}
            """)

    @Test func aMissingTierIsToldOnceAndAgainWhenItComesBack() {
        var store = ManifestStore()
        let first = store.update(file: "a.yaml", with: policy("a", tier: "security"))
        #expect(first.diagnostics.map(\.object) == ["GlobalNetworkPolicy a"])
        #expect(first.diagnostics.first?.message.contains("no tier \"security\"") == true)
        let edited = store.update(file: "a.yaml", with: policy("a", tier: "security", order: 2))
        #expect(edited.changes.count == 1 && edited.diagnostics.isEmpty)
        let second = store.update(file: "b.yaml", with: policy("b", tier: "security"))
        #expect(second.diagnostics.map(\.object) == ["GlobalNetworkPolicy b"])
        #expect(store.update(file: "t.yaml", with: tier).diagnostics.isEmpty)
        let gone = store.update(file: "t.yaml", with: nil)
        #expect(
            gone.diagnostics.map(\.object) == ["GlobalNetworkPolicy a", "GlobalNetworkPolicy b"])
    }

    @Test func aTierThatComesInTheSameBatchIsNotMissing() {
        var store = ManifestStore()
        let update = store.update([
            ("a.yaml", policy("a", tier: "security")), ("t.yaml", tier),
            ("b.yaml", policy("b", tier: "default")),
        ])
        #expect(update.diagnostics.isEmpty)
    }

    @Test func aMissingProfileIsToldOnceAndAgainWhenItComesBack() {
        let host = { (profiles: String) in
            source(
                """
                apiVersion: projectcalico.org/v3
                kind: HostEndpoint
                metadata: {name: gate}
                spec: {node: node-a, interfaceName: eth0, profiles: \(profiles)}
                """)
        }
        let profile = source(
            """
            apiVersion: projectcalico.org/v3
            kind: Profile
            metadata: {name: open}
            spec: {}
            """)
        var store = ManifestStore()
        let first = store.update(file: "h.yaml", with: host("[open, kns.shop]"))
        #expect(first.diagnostics.count == 1)
        #expect(first.diagnostics.first?.message.contains("no profile \"open\"") == true)
        let more = store.update(file: "h.yaml", with: host("[open, shut]"))
        #expect(more.diagnostics.count == 1)
        #expect(more.diagnostics.first?.message.contains("no profile \"shut\"") == true)
        #expect(store.update(file: "p.yaml", with: profile).diagnostics.isEmpty)
        #expect(store.update(file: "p.yaml", with: nil).diagnostics.count == 1)
    }

    @Test("S50: what a pod and a WorkloadEndpoint allow it to send from counts together")
    func podAndWorkloadEndpoint() throws {
        var store = ManifestStore()
        _ = store.update(
            file: "pod.yaml",
            with: source(
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: web
                  namespace: shop
                  annotations: {cni.projectcalico.org/allowedSourcePrefixes: '["192.0.2.0/24"]'}
                spec: {nodeName: node-a, containers: [{name: c}]}
                status: {podIP: 10.0.0.1}
                """))
        let update = store.update(
            file: "wep.yaml",
            with: source(
                """
                apiVersion: projectcalico.org/v3
                kind: WorkloadEndpoint
                metadata: {name: x, namespace: shop}
                spec:
                  orchestrator: k8s
                  node: node-a
                  pod: web
                  interfaceName: cali1
                  profiles: [kns.shop]
                  allowSpoofedSourcePrefixes: [198.51.100.0/24]
                """))
        #expect(update.changes.count == 1)
        let web = try #require(store.state.endpoints.first)
        #expect(store.state.endpoints.count == 1)
        #expect(web.particulars?.interface == "cali1")
        #expect(
            Set(web.particulars?.allowedSources ?? [])
                == [CIDR("192.0.2.0/24")!, CIDR("198.51.100.0/24")!])
    }
}
