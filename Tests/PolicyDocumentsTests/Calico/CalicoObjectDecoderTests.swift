// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

@Suite struct CalicoObjectDecoderTests {
    private func only<Value>(
        _ list: KeyPath<DecodedDocuments, [Located<Value>]>, _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Value {
        let decoded = decode(text)
        #expect(decoded.diagnostics == [], sourceLocation: sourceLocation)
        return try #require(decoded[keyPath: list].first, sourceLocation: sourceLocation).value
    }

    @Test func tiers() throws {
        #expect(
            try only(
                \.tiers, calicoText("Tier", "security", spec: "{order: 50, defaultAction: Pass}"))
                == Tier(name: "security", order: 50, defaultAction: .pass))
        #expect(
            try only(\.tiers, calicoText("Tier", "last", spec: "{}"))
                == Tier(name: "last", order: .infinity, defaultAction: .deny))
        for tier in Tier.builtIn {
            #expect(
                try only(\.tiers, calicoText("Tier", tier.name, spec: "{order: \(tier.order)}"))
                    == tier)
        }
    }

    @Test(
        arguments: [
            ("default", "{order: 5}", "spec.order: the tier default has the order 1000000 always"),
            (
                "default", "{defaultAction: Pass}",
                "spec.defaultAction: the tier default has another default action always"
            ),
            (
                "kube-admin", "{order: 1000, defaultAction: Deny}",
                "spec.defaultAction: the tier kube-admin has another default action always"
            ),
            ("a.b", "{}", "metadata.name: \"a.b\" is not a tier's name"),
            ("a", "{defaultAction: Drop}", "spec.defaultAction: \"Drop\" is not known here"),
        ])
    func badTier(name: String, spec: String, problem: String) {
        #expect(calicoProblems("Tier", spec, name: name) == [problem])
    }

    @Test func networkSets() throws {
        let blocks = [try #require(CIDR("10.0.0.0/8")), try #require(CIDR("192.0.2.1/32"))]
        #expect(
            try only(
                \.networkSets,
                calicoText("NetworkSet", namespace: "shop", spec: "{nets: [10.0.0.0/8, 192.0.2.1]}")
            )
                == NetworkSet(
                    id: NetworkSetID(namespace: "shop", name: "front"), blocks: blocks))
        #expect(
            try only(\.networkSets, calicoText("GlobalNetworkSet", spec: "{nets: [10.0.0.0/8]}")).id
                == NetworkSetID(namespace: nil, name: "front"))
        #expect(
            calicoProblems("GlobalNetworkSet", "{nets: [10.0.0.0/40]}")
                == ["spec.nets[0]: \"10.0.0.0/40\" is not a CIDR block"])
    }

    @Test("S97: labels that a cluster keeps in an annotation count, before those of the object")
    func storedMetadata() throws {
        func text(_ annotation: String) -> String {
            """
            apiVersion: crd.projectcalico.org/v1
            kind: GlobalNetworkSet
            metadata:
              name: front
              labels: {a: old, b: old}
              annotations: {projectcalico.org/metadata: '\(annotation)'}
            spec: {nets: [192.0.2.0/24]}
            """
        }
        let stored = #"{"labels":{"b":"new","c":"new"},"creationTimestamp":null}"#
        #expect(
            try only(\.networkSets, text(stored)).labels == ["a": "old", "b": "new", "c": "new"])
        #expect(
            try only(\.networkSets, text(#"{"creationTimestamp":"2026-01-02T03:04:05Z"}"#)).labels
                == ["a": "old", "b": "old"])
        let broken = decode(text("{"))
        #expect(broken.networkSets.isEmpty)
        #expect(broken.diagnostics.map(\.message) == ["is no object in JSON"])
    }

    @Test func hostEndpoints() throws {
        let host = try only(
            \.endpoints,
            calicoText(
                "HostEndpoint",
                spec: "{node: a, interfaceName: eth0, expectedIPs: [10.0.0.1, \"fd00::1\"], "
                    + "profiles: [p], ports: [{name: ssh, protocol: TCP, port: 22}]}"))
        #expect(host.id == EndpointID(kind: .host, namespace: "", name: "front"))
        #expect(host.node == "a")
        #expect(host.addresses.map(\.description) == ["10.0.0.1", "fd00::1"])
        #expect(host.namedPorts == [NamedPort(name: "ssh", transport: .tcp, number: 22)])
        #expect(host.particulars == EndpointParticulars(interface: "eth0", profiles: ["p"]))
        let every = try only(
            \.endpoints, calicoText("HostEndpoint", spec: "{node: a, interfaceName: \"*\"}"))
        #expect(every.particulars?.interface == "*")
        #expect(every.particulars?.profiles == [])
    }

    @Test(
        arguments: [
            ("{interfaceName: eth0}", "spec.node: is missing"),
            ("{node: a}", "spec.interfaceName: is missing"),
            (
                "{node: a, interfaceName: a-very-long-name}",
                "spec.interfaceName: \"a-very-long-name\" is not an interface's name"
            ),
            (
                "{node: a, expectedIPs: [10.0.0.0/8]}",
                "spec.expectedIPs[0]: \"10.0.0.0/8\" is not an address"
            ),
            (
                "{node: a, interfaceName: e, profiles: [A_B]}",
                "spec.profiles[0]: \"A_B\" is not a profile's name"
            ),
            (
                "{node: a, interfaceName: e, ports: [{name: x, protocol: ICMP, port: 1}]}",
                "spec.ports[0].protocol: is not a protocol that has ports"
            ),
        ])
    func badHostEndpoint(spec: String, problem: String) {
        #expect(calicoProblems("HostEndpoint", spec) == [problem])
    }

    private let podSpec =
        "{orchestrator: k8s, node: a, pod: web, interfaceName: cali1, ipNetworks: [10.0.0.1/32], "
        + "profiles: [kns.shop, ksa.shop.default]"

    @Test func aWorkloadEndpointOfAPodStandsForIt() throws {
        let object = try only(
            \.workloadEndpoints,
            calicoText(
                "WorkloadEndpoint", namespace: "shop",
                spec: podSpec + ", allowSpoofedSourcePrefixes: [192.0.2.0/24]}"))
        #expect(object.id == EndpointID(namespace: "shop", name: "web"))
        #expect(object.endpoint.addresses.map(\.description) == ["10.0.0.1"])
        #expect(
            object.endpoint.particulars
                == EndpointParticulars(
                    interface: "cali1", profiles: nil,
                    allowedSources: [try #require(CIDR("192.0.2.0/24"))]))
    }

    @Test func aWorkloadOfAnotherOrchestratorIsAnEndpointOfItsOwn() throws {
        let object = try only(
            \.workloadEndpoints,
            calicoText(
                "WorkloadEndpoint", namespace: "shop",
                spec: "{orchestrator: openstack, node: a, interfaceName: tap1, ipNetworks: []}"))
        #expect(object.id == EndpointID(kind: .workload, namespace: "shop", name: "front"))
        #expect(object.endpoint.particulars?.orchestrator == "openstack")
        #expect(object.endpoint.particulars?.profiles == [])
    }

    @Test(
        "A WorkloadEndpoint without profiles has none, a pod's too: what no policy decides is denied"
    )
    func workloadEndpointWithoutProfiles() throws {
        for profiles in ["", ", profiles: []"] {
            let object = try only(
                \.workloadEndpoints,
                calicoText(
                    "WorkloadEndpoint", namespace: "shop",
                    spec: "{orchestrator: k8s, node: a, pod: web, interfaceName: cali1\(profiles)}")
            )
            #expect(object.endpoint.particulars?.profiles == [])
        }
    }

    @Test func aPodAndItsWorkloadEndpointAreOneEndpoint() {
        let pod = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: shop, labels: {app: web}}
            spec: {serviceAccountName: robot}
            status: {podIP: 10.0.0.9}
            ---

            """
        let object = calicoText("WorkloadEndpoint", namespace: "shop", spec: podSpec + "}")
        let assembly = ClusterAssembly(decode(pod + object))
        #expect(assembly.diagnostics == [])
        #expect(assembly.state.endpoints.count == 1)
        let endpoint = assembly.state.endpoints.first
        #expect(endpoint?.labels == ["app": "web"])
        #expect(endpoint?.addresses.map(\.description) == ["10.0.0.9"])
        #expect(endpoint?.serviceAccount == "robot")
        #expect(endpoint?.particulars?.interface == "cali1")
        let alone = ClusterAssembly(decode(object)).state
        #expect(alone.endpoints.first?.addresses.map(\.description) == ["10.0.0.1"])
        #expect(alone.namespaces.map(\.name) == ["shop"])
    }

    @Test func aWorkloadEndpointByItselfHasNoAccountAndNoProfileThatItDoesNotName() throws {
        let silent = try only(
            \.workloadEndpoints,
            calicoText(
                "WorkloadEndpoint", namespace: "shop",
                spec: "{orchestrator: k8s, pod: web, node: a, interfaceName: cali1}"))
        #expect(silent.endpoint.serviceAccountID == nil)
        #expect(silent.endpoint.particulars?.profiles == [])
        let pod = Endpoint(id: EndpointID(namespace: "shop", name: "web"))
        let both = WorkloadEndpoint.combined(pod, silent)
        #expect(both?.particulars?.profiles == [])
        #expect(both?.particulars?.interface == "cali1")
        #expect(both?.serviceAccountID?.name == "default")
    }

    @Test func profilesStandForNamespacesAndAccountsWithoutObjects() {
        let text =
            calicoText(
                "Profile", "kns.shop",
                spec: "{labelsToApply: {pcns.env: prod, pcns.projectcalico.org/name: shop, x: z}}")
            + "\n---\n"
            + calicoText("Profile", "ksa.shop.a.b", spec: "{labelsToApply: {pcsa.team: red}}")
        let state = ClusterAssembly(decode(text)).state
        #expect(state.namespaces == [Namespace(name: "shop", labels: ["env": "prod"])])
        #expect(
            state.serviceAccounts == [
                ServiceAccount(
                    id: ServiceAccountID(namespace: "shop", name: "a.b"), labels: ["team": "red"])
            ])
        let object =
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {env: dev}}\n---\n"
        #expect(
            ClusterAssembly(decode(object + text)).state.namespaces
                == [Namespace(name: "shop", labels: ["env": "dev"])])
    }

    @Test("A service account selector of a policy that is all() asks for an account")
    func everyAccount() throws {
        let policy = try only(
            \.policies,
            calicoText("GlobalNetworkPolicy", spec: "{serviceAccountSelector: all()}"))
        #expect(policy.subject.serviceAccounts == .has(ServiceAccount.nameLabel))
    }

    @Test(
        arguments: [
            ("{orchestrator: k8s, interfaceName: c}", "spec.pod: is missing"),
            ("{pod: a, interfaceName: c}", "spec.orchestrator: is missing"),
            ("{orchestrator: k8s, pod: a}", "spec.interfaceName: is missing"),
            (
                "{orchestrator: k8s, pod: a, interfaceName: c, ipNetworks: [10.0.0.0/24]}",
                "spec.ipNetworks[0]: 10.0.0.0/24 is more than one address"
            ),
        ])
    func badWorkloadEndpoint(spec: String, problem: String) {
        #expect(calicoProblems("WorkloadEndpoint", spec) == [problem])
    }

    @Test func profiles() throws {
        #expect(
            try only(
                \.profiles,
                calicoText(
                    "Profile", spec: "{labelsToApply: {a: b}, ingress: [{action: Allow}]}"))
                == Profile(name: "front", labels: ["a": "b"], ingress: [Rule(.allow)]))
        #expect(
            calicoProblems("Profile", "{egress: [{action: Pass}]}")
                == ["spec.egress[0].action: leads nowhere, for profiles are asked last"])
    }

    @Test func poolsAreCheckedAndHaveNoEffect() {
        #expect(calicoProblems("IPPool", "{cidr: 10.244.0.0/16, ipipMode: Always}") == [])
        #expect(
            calicoProblems("IPPool", "{cidr: 10.244.0.0}")
                == ["spec.cidr: \"10.244.0.0\" is not a CIDR block"])
        #expect(calicoProblems("IPPool", "{}") == ["spec.cidr: is missing"])
    }

    @Test func configurations() throws {
        let configuration = try only(
            \.configurations,
            calicoText(
                "FelixConfiguration", "default",
                spec: "{defaultEndpointToHostAction: Return, iptablesFilterDenyAction: Drop, "
                    + "nftablesFilterDenyAction: Reject, failsafeInboundHostPorts: [], "
                    + "failsafeOutboundHostPorts: [{protocol: UDP, port: 53, net: 10.0.0.0/8}], "
                    + "bpfEnabled: false}"))
        #expect(
            configuration
                == NodeConfiguration(
                    name: "default", denyAction: .reject, endpointToHost: .proceed,
                    failsafeInbound: [],
                    failsafeOutbound: [
                        EnforcementSettings.FailsafePort(
                            .udp, 53, network: CIDR("10.0.0.0/8"))
                    ]))
        #expect(
            try only(\.configurations, calicoText("FelixConfiguration", "node.a", spec: "{}"))
                == NodeConfiguration(name: "node.a"))
    }

    @Test(
        arguments: [
            (
                "{failsafeInboundHostPorts: [{port: 22}]}",
                "spec.failsafeInboundHostPorts[0].protocol: is missing"
            ),
            (
                "{failsafeInboundHostPorts: [{protocol: TCP, port: 0}]}",
                "spec.failsafeInboundHostPorts[0].port: 0 is not a port number"
            ),
            (
                "{failsafeOutboundHostPorts: [{protocol: TCP, port: 1, net: x}]}",
                "spec.failsafeOutboundHostPorts[0].net: \"x\" is not a CIDR block"
            ),
            (
                "{defaultEndpointToHostAction: Open}",
                "spec.defaultEndpointToHostAction: \"Open\" is not known here"
            ),
        ])
    func badConfiguration(spec: String, problem: String) {
        #expect(calicoProblems("FelixConfiguration", spec) == [problem])
    }

    @Test("Of Felix's settings, slips in those that bear on policies are pointed out")
    func slipsInConfigurations() {
        #expect(
            calicoProblems(
                "FelixConfiguration",
                "{failsafeInboundHostsPorts: [], vxlanVNI: 4096, nftablesRefreshInterval: 1m}")
                == ["spec.failsafeInboundHostsPorts: is an unknown field and has no effect"])
    }

    @Test func stagedPolicies() throws {
        func staged(_ kind: String, _ spec: String) throws -> StagedPolicy {
            try only(\.stagedPolicies, calicoText(kind, namespace: "shop", spec: spec))
        }
        let set = try staged("StagedNetworkPolicy", "{selector: has(a)}")
        #expect(set.id == PolicyID(kind: "StagedNetworkPolicy", namespace: "shop", name: "front"))
        #expect(set.action == .set(try calicoPolicy("{selector: has(a)}")))
        let id = PolicyID(kind: "NetworkPolicy.projectcalico.org", namespace: "shop", name: "front")
        #expect(
            try staged("StagedNetworkPolicy", "{stagedAction: Delete, tier: default}").action
                == .delete(id))
        for action in ["Learn", "Ignore"] {
            #expect(
                try staged("StagedNetworkPolicy", "{stagedAction: \(action), selector: has(a)}")
                    .action == .none)
        }
        #expect(
            try staged("StagedGlobalNetworkPolicy", "{stagedAction: Delete}").action
                == .delete(PolicyID(kind: "GlobalNetworkPolicy", namespace: nil, name: "front")))
        let kubernetes = PolicyID(kind: "NetworkPolicy", namespace: "shop", name: "front")
        #expect(
            try staged("StagedKubernetesNetworkPolicy", "{stagedAction: Delete}").action
                == .delete(kubernetes))
        guard
            case .set(let policy) = try staged(
                "StagedKubernetesNetworkPolicy", "{stagedAction: Set, podSelector: {}}"
            ).action
        else { throw MissingPart() }
        #expect(policy.id == kubernetes)
    }

    @Test func aStagedDeletionSaysNothingElse() {
        #expect(
            calicoProblems("StagedNetworkPolicy", "{stagedAction: Delete, selector: has(a)}")
                == ["spec.selector: stands beside stagedAction Delete"])
        #expect(
            calicoProblems("StagedGlobalNetworkPolicy", "{stagedAction: Try}")
                == ["spec.stagedAction: \"Try\" is not known here"])
        #expect(
            calicoProblems("StagedGlobalNetworkPolicy", "{ingress: [{action: Permit}]}")
                == ["spec.ingress[0].action: \"Permit\" is not known here"])
    }
}
