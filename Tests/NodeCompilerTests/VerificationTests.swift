// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// The proof on compiled rulesets, as they are and spoilt.
@Suite struct VerificationTests {
    @Test("S81: compiled rulesets are proved", arguments: WorldGenerator.Style.allCases)
    func compiledRulesetsAreProved(style: WorldGenerator.Style) throws {
        for seed in UInt64(0)..<200 {
            let state = WorldGenerator(seed: seed, style: style).world()
            let compilation = NodeCompilation(state, node: WorldGenerator.localNode)
            let report = Verification(state, localNode: WorldGenerator.localNode)
                .verify(compilation.table)
            try #require(report.outcome == .proved, "seed \(seed): \(report)")
        }
    }

    /// A ruleset without chains lets everything pass: proved only where nothing is denied.
    @Test func missingRulesetIsDifferentWherePoliciesDeny() throws {
        var different = 0
        for seed in UInt64(0)..<50 {
            let state = WorldGenerator(seed: seed, style: .tiered).world()
            let reference = ReferenceEvaluator(state, localNode: WorldGenerator.localNode)
            let report = Verification(state, localNode: WorldGenerator.localNode).verify(nil)
            switch report.outcome {
            case .proved:
                var random = SeededGenerator(seed: seed)
                for packet in PacketGenerator(state).sample(500, using: &random) {
                    try #require(reference.verdict(packet).isAllowed, "seed \(seed): \(packet)")
                }
            case .different:
                different += 1
                for difference in report.differences {
                    #expect(!difference.policies.isAllowed)
                    #expect(difference.isAccepted)
                }
            case .notProved:
                Issue.record("seed \(seed): \(report.doubts)")
            }
        }
        #expect(different > 25)
    }

    /// What a node's address gets is the node's, whoever else claims it.
    @Test func podWithTheNodesAddressIsProved() {
        let address = IPAddress("10.0.0.10")!
        let pod = Endpoint(
            id: EndpointID(namespace: "shop", name: "web"), labels: [:], node: "alpha",
            addresses: [address])
        let isolation = Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: "none"), order: 1000,
            subject: EndpointSelector(namespaces: .named("shop"), labels: .everything),
            ingress: [], egress: [])
        let state = ClusterState(
            namespaces: [Namespace(name: "shop")],
            nodes: [Node(name: "alpha", addresses: [address])], endpoints: [pod],
            policies: [isolation])
        let table = NodeCompilation(state, node: "alpha").table
        let report = Verification(state, localNode: "alpha").verify(table)
        #expect(report.outcome == .proved, "\(report)")
    }

    /// Another world's ruleset is found to be wrong, with a packet that shows it, or both decide
    /// alike.
    @Test func rulesetsOfChangedWorldsAreJudgedByTheirDecisions() throws {
        var outcomes: [VerificationReport.Outcome: Int] = [:]
        for seed in UInt64(0)..<150 {
            let state = WorldGenerator(seed: seed, style: .tiered).world()
            guard !state.policies.isEmpty else { continue }
            var spoilt = state
            spoilt.policies.remove(at: Int(seed) % state.policies.count)
            let node = WorldGenerator.localNode
            let table = NodeCompilation(spoilt, node: node).table
            let report = Verification(state, localNode: node).verify(table)
            outcomes[report.outcome, default: 0] += 1
            let ruleset = TableEvaluator(table)
            let reference = ReferenceEvaluator(state, localNode: node)
            let own = Set(state.nodes.filter { $0.name == node }.flatMap(\.addresses))
            var random = SeededGenerator(seed: seed)
            var sampledDifferences = 0
            for packet in PacketGenerator(state).sample(1000, using: &random)
            where !own.contains(packet.destination) && !own.contains(packet.source) {
                let fate = try ruleset.evaluate(
                    Packet(packet, isFromThisNode: false), at: .forward)
                if fate.isAccepted != reference.verdict(packet).isAllowed {
                    sampledDifferences += 1
                }
            }
            if sampledDifferences > 0 {
                try #require(report.outcome == .different, "seed \(seed): \(report)")
            }
            try #require(report.outcome != .notProved, "seed \(seed): \(report.doubts)")
        }
        print("outcomes: \(outcomes)")
        #expect(outcomes[.different, default: 0] > 30)
        #expect(outcomes[.proved, default: 0] > 5)
    }
}
