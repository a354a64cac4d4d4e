// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

struct ClusterPeerDecoderTests {
    private let web = Selector.isOneOf(key: "app", values: ["web"])

    private func peers(
        _ direction: String, _ text: String, action: String = "Accept"
    ) throws -> Peers? {
        let list = direction == "ingress" ? "from" : "to"
        return try clusterPolicy(rules: "\(direction): [{action: \(action), \(list): [\(text)]}]")
            .allRules.first?.peers
    }

    @Test("pods are peers in both directions")
    func pods() throws {
        for direction in ["ingress", "egress"] {
            #expect(
                try peers(direction, "{namespaces: {}}, {namespaces: {matchLabels: {app: web}}}")
                    == .only([
                        .endpoints(.everyPod),
                        .endpoints(
                            EndpointSelector(namespaces: .labelled(web), labels: .everything)),
                    ]))
            #expect(
                try peers(
                    direction,
                    "{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}")
                    == .only([.endpoints(EndpointSelector(namespaces: .any, labels: web))]))
        }
    }

    @Test("S56: nodes by their labels, networks by addresses of both families")
    func outsiders() throws {
        #expect(
            try peers("egress", "{nodes: {matchLabels: {app: web}}}, {nodes: {}}")
                == .only([.nodes(web), .nodes(.everything)]))
        let blocks = ["10.0.0.0/8", "::/0"].compactMap { CIDR($0) }
        #expect(
            try peers("egress", "{networks: [10.0.0.0/8, \"::/0\"]}", action: "Deny")
                == .only(blocks.map { .network($0, except: []) }))
    }

    @Test(
        "S59: domain names are read, reported, and match nobody",
        arguments: ["example.com", "*.example.com", "a.b.example.com.", "a_b.example-1.com"])
    func domainNames(name: String) throws {
        let rules = "egress: [{action: Accept, to: [{domainNames: [\"\(name)\"]}]}]"
        let decoded = decode(
            clusterPolicyText(
                .clusterNetworkPolicy, spec: head(.clusterNetworkPolicy) + rules))
        #expect(decoded.diagnostics.map(\.severity) == [.warning])
        #expect(decoded.diagnostics.map(\.field) == ["spec.egress[0].to[0].domainNames"])
        #expect(decoded.policies.first?.value.egress?.first?.peers == .only([]))
    }

    @Test(
        "S59: other names are refused, * anywhere but in front among them",
        arguments: [
            "com", "*", "*.com", "a.*.com", "*a.example.com", "-a.example.com", "a..com",
            "exämple.com", "",
        ])
    func wrongNames(name: String) throws {
        let rules = "egress: [{action: Accept, to: [{domainNames: [\"\(name)\"]}]}]"
        #expect(
            try clusterProblem(rules: rules).hasPrefix(
                "error: spec.egress[0].to[0].domainNames[0]: \"\(name)\" is not a domain name"))
    }

    @Test("S59: domain names stand in Accept rules only")
    func domainNamesOfDeny() throws {
        for action in ["Deny", "Pass"] {
            #expect(
                try clusterProblem(
                    rules: "egress: [{action: \(action), to: [{domainNames: [a.example.com]}]}]")
                    == "error: spec.egress[0].to[0].domainNames: stands in a rule that does not "
                    + "accept")
        }
    }

    @Test(
        "S9: a peer is exactly one thing that we know, whatever the action",
        arguments: [
            ("{}", ["error: spec.egress[0].to[0]: names nobody"]),
            (
                "{galaxies: {}}",
                [
                    "error: spec.egress[0].to[0].galaxies: is an unknown field",
                    "error: spec.egress[0].to[0]: names nobody",
                ]
            ),
            (
                "{namespaces: {}, nodes: {}}",
                ["error: spec.egress[0].to[0]: has namespaces and nodes"]
            ),
            ("{networks: []}", ["error: spec.egress[0].to[0].networks: is empty"]),
            (
                "{networks: [10.0.0.0/33]}",
                ["error: spec.egress[0].to[0].networks[0]: \"10.0.0.0/33\" is not a CIDR block"]
            ),
            (
                "{networks: [10.0.0.0/8, 10.0.0.0/8]}",
                ["error: spec.egress[0].to[0].networks[1]: \"10.0.0.0/8\" stands twice"]
            ),
            (
                "{pods: {namespaceSelector: {}}}",
                ["error: spec.egress[0].to[0].pods.podSelector: is missing"]
            ),
        ])
    func wrongPeers(peer: String, expected: [String]) {
        for action in ["Accept", "Deny", "Pass"] {
            let rules = "egress: [{action: \(action), to: [\(peer)]}]"
            let decoded = decode(
                clusterPolicyText(
                    .clusterNetworkPolicy, spec: head(.clusterNetworkPolicy) + rules))
            #expect(decoded.policies.isEmpty)
            #expect(
                decoded.diagnostics.map { "\($0.severity): \($0.field ?? ""): \($0.message)" }
                    == expected)
        }
    }

    @Test("at most 25 networks stand in one peer")
    func manyNetworks() throws {
        func rules(_ count: Int) -> String {
            let blocks = (0..<count).map { "10.\($0).0.0/16" }.joined(separator: ", ")
            return "egress: [{action: Deny, to: [{networks: [\(blocks)]}]}]"
        }
        #expect(try clusterPolicy(rules: rules(25)).egress?.count == 1)
        #expect(
            try clusterProblem(rules: rules(26)) == "error: spec.egress[0].to[0].networks: has 26 "
                + "entries, and the API allows 25")
    }

    @Test("sources are pods alone", arguments: ["nodes: {}", "networks: [10.0.0.0/8]"])
    func sources(peer: String) throws {
        for kind in ClusterPolicyKind.allCases {
            let field = peer.prefix { $0 != ":" }
            #expect(
                try clusterProblem(kind, rules: "ingress: [{action: Deny, from: [{\(peer)}]}]")
                    == "error: spec.ingress[0].from[0].\(field): is a peer of egress rules only")
        }
    }

    @Test("S60: a BaselineAdminNetworkPolicy knows no domain names")
    func baselineDomainNames() {
        let kind = ClusterPolicyKind.baselineAdminNetworkPolicy
        let rules = "egress: [{action: Allow, to: [{domainNames: [a.example.com]}]}]"
        let decoded = decode(clusterPolicyText(kind, spec: head(kind) + rules))
        #expect(decoded.policies.isEmpty)
        #expect(decoded.diagnostics.last?.message == "names nobody")
    }
}
