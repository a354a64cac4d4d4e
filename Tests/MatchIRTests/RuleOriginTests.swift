// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import MatchIR

@Suite struct RuleOriginTests {
    private func policy(
        _ kind: String, _ name: String, namespace: String? = nil, tier: String = "default"
    ) -> Policy {
        Policy(
            id: PolicyID(kind: kind, namespace: namespace, name: name), tier: tier,
            subject: .everyEndpoint)
    }

    private func kubernetes(_ name: String) -> Policy {
        policy("NetworkPolicy", name, namespace: "shop")
    }

    @Test func kubernetesPoliciesAreNamedAlone() {
        let origins = [RuleOrigin(kubernetes("a")), RuleOrigin(kubernetes("b"))]
        #expect(origins.description == "shop/a, shop/b")
        #expect(RuleOrigin(RuleOrigin(kubernetes("a")), .ingress, rule: 3, name: nil) == origins[0])
    }

    @Test func tierAndKindAreNamedOnce() {
        let calico = policy("NetworkPolicy.projectcalico.org", "a", namespace: "shop")
        let origins = [
            RuleOrigin(policy("GlobalNetworkPolicy", "block", tier: "security")),
            RuleOrigin(policy("GlobalNetworkPolicy", "trust", tier: "security")),
            RuleOrigin(calico), RuleOrigin(kubernetes("a")),
            RuleOrigin(policy("Profile", "kns.shop", tier: Profile.tier.name)),
        ]
        #expect(
            origins.description == "security: GlobalNetworkPolicy block, trust; "
                + "default: NetworkPolicy.projectcalico.org shop/a, NetworkPolicy shop/a; "
                + "Profile kns.shop")
        #expect(origins.parts.count == 5)
    }

    @Test func rulesAreNamedByPositionAndName() {
        let block = policy("ClusterNetworkPolicy", "block", tier: "kube-admin")
        let trust = policy("ClusterNetworkPolicy", "trust", tier: "kube-admin")
        let origins = [
            RuleOrigin(RuleOrigin(block), .egress, rule: 0, name: "metadata"),
            RuleOrigin(RuleOrigin(block), .egress, rule: 2, name: nil),
            RuleOrigin(RuleOrigin(trust), .egress, rule: 1, name: nil),
        ]
        #expect(
            origins.description
                == "kube-admin: ClusterNetworkPolicy block egress[0] 'metadata', egress[2], "
                + "trust egress[1]")
        #expect("\(origins[1])" == "kube-admin: ClusterNetworkPolicy block egress[2]")
    }

    @Test func rulesThatDecideAlikeShareACell() {
        let ports = { (number: UInt16) in Ports.only([.numbers(.tcp, number...number)]) }
        let peers = Peers.only([.network(CIDR("10.0.0.0/8")!, except: [])])
        var block = policy("GlobalNetworkPolicy", "block", tier: "security")
        block.ingress = [
            Rule(.deny, peers: peers, ports: ports(80)), Rule(.pass, ports: ports(53)),
            Rule(.deny, peers: peers, ports: ports(443)),
        ]
        let program = DecisionProgram(
            EndpointClass(
                direction: .ingress, tiers: [.init(defaultAction: .deny, policies: [block])],
                namedPorts: [], families: [.ipv4]), NobodyDirectory())
        let cells = program.ports.filter { [80, 443].contains($0.ports.lowerBound) }.map(\.cell)
        #expect(cells.count == 2 && Set(cells).count == 1)
        #expect(
            cells[0].runs[0].origins.description
                == "security: GlobalNetworkPolicy block ingress[0], ingress[2]")
    }

    @Test func eachRuleThatLogsLogsForItself() {
        let peers = { (block: String) in Peers.only([.network(CIDR(block)!, except: [])]) }
        var watch = policy("GlobalNetworkPolicy", "watch", tier: "security")
        watch.ingress = [
            Rule(.log, peers: peers("10.0.0.0/8")), Rule(.log, peers: peers("10.1.0.0/16")),
            Rule(.deny),
        ]
        let program = DecisionProgram(
            EndpointClass(
                direction: .ingress, tiers: [.init(defaultAction: .deny, policies: [watch])],
                namedPorts: [], families: [.ipv4]), NobodyDirectory())
        #expect(program.rest.runs.map(\.action) == [.log, .log])
        #expect(program.rest.runs.map { $0.origins.map { $0.rule?.index } } == [[0], [1]])
    }
}
