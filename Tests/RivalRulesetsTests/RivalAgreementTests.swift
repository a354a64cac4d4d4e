// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import PolicyVerification
import RivalRulesets
import Testing

/// What is measured beside our rulesets must decide as the policies do: a shape that does not is no
/// rival. A kernel judges, because nothing else here knows packets' marks.
@Suite(
    .enabled(if: Lab.obstacle == nil, "\(Lab.obstacle ?? "namespaces can be made")"), .serialized)
struct RivalAgreementTests {
    private static let worlds: ClosedRange<UInt64> = 1...25

    @Test("Rulesets of every rival's shape decide as the reference evaluator does")
    func agreement() throws {
        let wire = try Wire()
        var denied = 0
        var allowed = 0
        for seed in Self.worlds {
            let family = AddressFamily.allCases[Int(seed % 2)]
            let world = RivalWorld(seed: seed, family, packets: 60)
            let judge = ReferenceEvaluator(world.state, localNode: RivalWorld.node)
            let expected = world.packets.map { judge.verdict($0).isAllowed }
            denied += expected.count { !$0 }
            allowed += expected.count { $0 }
            let node = RivalNode(
                world.state, node: RivalWorld.node, prefix: Wire.output,
                pools: [CIDR("10.0.0.0/8")!, CIDR("fd00::/16")!]
            ) { $0 == RivalWorld.endpoint ? Wire.output : nil }
            let texts = [
                try FelixRuleset(node, family, .filter).text(),
                try FelixRuleset(node, family, .whole).text(),
                try FlatRuleset(node, family).text(),
            ]
            for (shape, text) in zip(["Felix's filter", "Felix", "flat"], texts) {
                try wire.node.execute(["nft", "flush", "ruleset"])
                try wire.node.execute(["nft", "-f", "-"], input: text)
                try wire.flushConnectionTracking()
                let arrived = try wire.carry(
                    world.packets.map { WirePacket($0) }, expecting: expected)
                for (index, packet) in world.packets.enumerated() {
                    #expect(
                        arrived[index] == expected[index],
                        "seed \(seed), \(shape): \(packet) \(judge.verdict(packet))")
                }
            }
        }
        #expect(denied > 200 && allowed > 200, "\(denied) denied, \(allowed) allowed")
    }
}
