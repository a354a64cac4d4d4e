// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// The compiled ruleset, interpreted, against the reference evaluator, which shares no code with it.
@Suite struct ReferenceAgreementTests {
    /// Every interesting packet of random worlds meets the fate that the policies' documentation
    /// gives it.
    @Test(arguments: WorldGenerator.Style.allCases + [.calico])
    func rulesetDecidesAsTheDocumentationSays(style: WorldGenerator.Style) throws {
        var judged = 0
        var denied = 0
        for seed in UInt64(0)..<100 {
            let state = WorldGenerator(seed: seed, style: style).world()
            let compilation = NodeCompilation(state, node: WorldGenerator.localNode)
            let ruleset = TableEvaluator(compilation.table)
            let reference = ReferenceEvaluator(state, localNode: WorldGenerator.localNode)
            var random = SeededGenerator(seed: seed)
            let ownAddresses = Set(
                state.nodes.filter { $0.name == WorldGenerator.localNode }.flatMap(\.addresses))
            for packet in PacketGenerator(state).sample(2000, using: &random) {
                // Packets to the node itself never come to a hook of ours.
                if ownAddresses.contains(packet.destination) { continue }
                let fate = try ruleset.evaluate(
                    Packet(packet, isFromThisNode: ownAddresses.contains(packet.source)),
                    at: ownAddresses.contains(packet.source) ? .output : .forward)
                let decision = reference.verdict(packet)
                try #require(
                    fate.isAccepted == decision.isAllowed,
                    "seed \(seed): \(packet): policies \(decision), ruleset \(fate)")
                judged += 1
                denied += decision.isAllowed ? 0 : 1
            }
        }
        print("\(style): \(judged) packets, \(denied) of them denied")
        #expect(denied * 10 > judged, "too few packets are denied for the comparison to tell much")
    }
}
