// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

struct ClusterRuleDecoderTests {
    @Test("S60: Allow is what Accept became")
    func actions() throws {
        let rules = "ingress: [{action: A, from: [{namespaces: {}}]}]"
        func action(_ kind: ClusterPolicyKind, _ word: String) throws -> Action? {
            try clusterPolicy(kind, rules: rules.replacing("action: A", with: "action: \(word)"))
                .ingress?.first?.action
        }
        #expect(try action(.clusterNetworkPolicy, "Accept") == .allow)
        #expect(try action(.clusterNetworkPolicy, "Deny") == .deny)
        #expect(try action(.clusterNetworkPolicy, "Pass") == .pass)
        #expect(try action(.adminNetworkPolicy, "Allow") == .allow)
        #expect(try action(.adminNetworkPolicy, "Pass") == .pass)
        #expect(try action(.baselineAdminNetworkPolicy, "Allow") == .allow)
        #expect(try action(.baselineAdminNetworkPolicy, "Deny") == .deny)
    }

    @Test(
        "another kind's actions are refused, and the remedy is this one's",
        arguments: [
            (ClusterPolicyKind.clusterNetworkPolicy, "Allow", "write Accept"),
            (.clusterNetworkPolicy, "deny", "write Deny"),
            (.clusterNetworkPolicy, "Reject", "write Accept, Deny or Pass"),
            (.adminNetworkPolicy, "Accept", "write Allow"),
            (.baselineAdminNetworkPolicy, "Pass", "write Allow or Deny"),
        ])
    func wrongActions(kind: ClusterPolicyKind, word: String, remedy: String) {
        let rules = "ingress: [{action: \(word), from: [{namespaces: {}}]}]"
        let found = decode(clusterPolicyText(kind, spec: head(kind) + rules)).diagnostics
        #expect(found.map(\.field) == ["spec.ingress[0].action"])
        #expect(found.map(\.remedy) == [remedy])
    }

    @Test(
        "S57: from and to are demanded and not empty",
        arguments: [
            ("ingress: [{action: Deny}]", "error: spec.ingress[0].from: is missing"),
            ("ingress: [{action: Deny, from: ~}]", "error: spec.ingress[0].from: is missing"),
            ("ingress: [{action: Deny, from: []}]", "error: spec.ingress[0].from: is empty"),
            ("egress: [{action: Deny, to: []}]", "error: spec.egress[0].to: is empty"),
            ("ingress: [{from: [{namespaces: {}}]}]", "error: spec.ingress[0].action: is missing"),
            ("ingress: [~]", "error: spec.ingress[0]: is empty"),
            (
                "ingress: [{action: Deny, from: [{namespaces: {}}], protocols: []}]",
                "error: spec.ingress[0].protocols: is empty"
            ),
            (
                "ingress: [{action: Deny, from: [{namespaces: {}}], ports: []}]",
                "error: spec.ingress[0].ports: is an unknown field"
            ),
        ])
    func parts(rules: String, problem: String) throws {
        #expect(try clusterProblem(rules: rules) == problem)
    }

    @Test("a rule keeps its name, of at most 100 characters")
    func names() throws {
        let rule = "{action: Deny, from: [{namespaces: {}}], name: NAME}"
        for (name, expected) in [("no-one", "no-one"), ("\"\"", nil)] as [(String, String?)] {
            let policy = try clusterPolicy(
                rules: "ingress: [\(rule.replacing("NAME", with: name))]")
            #expect(policy.ingress?.first?.name == expected)
        }
        let longest = String(repeating: "ä", count: 100)
        #expect(
            try clusterPolicy(rules: "ingress: [\(rule.replacing("NAME", with: longest))]")
                .ingress?.first?.name == longest)
        #expect(
            try clusterProblem(rules: "ingress: [\(rule.replacing("NAME", with: longest + "a"))]")
                == "error: spec.ingress[0].name: is longer than 100 characters")
    }

    @Test(
        "lists are as long as the API lets them be",
        arguments: [
            (ClusterPolicyKind.clusterNetworkPolicy, 25), (.adminNetworkPolicy, 100),
            (.baselineAdminNetworkPolicy, 100),
        ])
    func limits(kind: ClusterPolicyKind, limit: Int) throws {
        func rules(_ count: Int) -> String {
            let rule = "{action: Deny, from: [{namespaces: {}}]}"
            return "ingress: [\(Array(repeating: rule, count: count).joined(separator: ", "))]"
        }
        func peers(_ count: Int) -> String {
            let peers = Array(repeating: "{namespaces: {}}", count: count)
            return "ingress: [{action: Deny, from: [\(peers.joined(separator: ", "))]}]"
        }
        #expect(try clusterPolicy(kind, rules: rules(limit)).ingress?.count == limit)
        #expect(
            try clusterProblem(kind, rules: rules(limit + 1))
                == "error: spec.ingress: has \(limit + 1) entries, and the API allows \(limit)")
        #expect(try clusterPolicy(kind, rules: peers(limit)).ingress?.count == 1)
        #expect(
            try clusterProblem(kind, rules: peers(limit + 1)) == "error: spec.ingress[0].from: "
                + "has \(limit + 1) entries, and the API allows \(limit)")
    }
}
