// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

@Suite("Generators")
struct GeneratorTests {
    typealias Style = WorldGenerator.Style
    private static let styles: [Style] = [.kubernetes, .tiered, .calico]

    @Test("A seed determines its world", arguments: styles)
    func determinism(style: Style) {
        for seed in UInt64(0)..<50 {
            let world = WorldGenerator(seed: seed, style: style).world()
            #expect(world == WorldGenerator(seed: seed, style: style).world(), "seed \(seed)")
            #expect(world != WorldGenerator(seed: seed + 1, style: style).world(), "seed \(seed)")
        }
    }

    @Test("A seed means the same on every machine")
    func sequence() {
        // The first numbers of the reference implementation for the seed 1234567.
        var random = SeededGenerator(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }

    @Test("Ids are unique, and no pod has two addresses of a family", arguments: styles)
    func consistency(style: Style) {
        for seed in UInt64(0)..<200 {
            let world = WorldGenerator(seed: seed, style: style).world()
            #expect(Set(world.endpoints.map(\.id)).count == world.endpoints.count, "seed \(seed)")
            #expect(Set(world.policies.map(\.id)).count == world.policies.count, "seed \(seed)")
            for endpoint in world.endpoints {
                let families = endpoint.addresses.map(\.family)
                #expect(Set(families).count == families.count, "seed \(seed), \(endpoint.id)")
            }
        }
    }

    @Test("Enough packets are allowed, and enough denied, to tell", arguments: styles)
    func shares(style: Style) {
        var shares = Shares()
        for seed in UInt64(0)..<200 {
            let world = WorldGenerator(seed: seed, style: style).world()
            let judge = ReferenceEvaluator(world, localNode: WorldGenerator.localNode)
            var random = SeededGenerator(seed: seed)
            for packet in PacketGenerator(world).sample(150, using: &random) {
                shares.count(judge.verdict(packet))
            }
        }
        print("\(style): \(shares)")
        #expect(shares.percent(shares.allowed) >= 15)
        #expect(shares.percent(shares.denied) >= 15)
        #expect(shares.percent(shares.allowedByRule) >= 5)
    }

    @Test("The order in which objects arrive changes no verdict", arguments: styles)
    func arrivalOrder(style: Style) {
        for seed in UInt64(0)..<50 {
            var random = SeededGenerator(seed: seed)
            let world = WorldGenerator(seed: seed, style: style).world()
            let node = WorldGenerator.localNode
            let judge = ReferenceEvaluator(world, localNode: node)
            let other = ReferenceEvaluator(world.shuffled(using: &random), localNode: node)
            for packet in PacketGenerator(world).sample(100, using: &random) {
                #expect(
                    judge.verdict(packet) == other.verdict(packet), "seed \(seed): \(packet)")
            }
        }
    }

    @Test("Packets are of one family, all different, and as many as announced")
    func packets() {
        let world = WorldGenerator(seed: 3, size: 2).world()
        let packets = PacketGenerator(world)
        var seen = Set<PacketDescription>()
        for packet in packets {
            seen.insert(packet)
            if packet.source.family != packet.destination.family { Issue.record("\(packet)") }
        }
        #expect(seen.count == packets.count)
        #expect(Set(packets.map(\.source.family)).count == 2)
    }
}

/// How often the judge says what, among packets from or to policed endpoints of the node.
private struct Shares: CustomStringConvertible {
    private(set) var allowed = 0
    private(set) var denied = 0
    private(set) var allowedByRule = 0
    private(set) var deniedByRule = 0

    mutating func count(_ decision: Decision) {
        let directions = [decision.egress, decision.ingress]
        if directions.allSatisfy({ $0 == .notSubject }) { return }
        if decision.isAllowed { allowed += 1 } else { denied += 1 }
        if decision.isAllowed, directions.contains(where: \.isAllowedByRule) { allowedByRule += 1 }
        if directions.contains(where: \.isDeniedByRule) { deniedByRule += 1 }
    }

    func percent(_ part: Int) -> Int { 100 * part / max(1, allowed + denied) }

    var description: String {
        "allowed \(percent(allowed)) % (by a rule \(percent(allowedByRule)) %), "
            + "denied \(percent(denied)) % (by a rule \(percent(deniedByRule)) %)"
    }
}

extension DirectionDecision {
    fileprivate var isAllowedByRule: Bool {
        if case .allowed = self { true } else { false }
    }

    fileprivate var isDeniedByRule: Bool {
        if case .denied = self { true } else { false }
    }
}
