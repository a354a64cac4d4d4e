// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import Testing

@testable import PolicyVerification

/// What policies deny as sets of packets, against the reference evaluator packet by packet.
@Suite struct DeniedPacketsTests {
    @Test func everyKindOfRuleDeniesWhatTheDocumentationSays() throws {
        var tally = Tally()
        for seed in UInt64(0)..<200 {
            var world = EnrichedWorld(seed: seed)
            try compare(world.state, world.packets(300), "seed \(seed)", &tally)
        }
        print(tally)
        #expect(tally.allowed > 5000 && tally.denied > 5000)
    }

    @Test func calicosWorldsDenyWhatTheDocumentationSays() throws {
        var tally = Tally()
        for seed in UInt64(0)..<200 {
            let world = WorldGenerator(seed: seed, style: .calico).world()
            var random = SeededGenerator(seed: seed)
            let packets = PacketGenerator(world).sample(300, using: &random)
            try compare(world, packets, "seed \(seed)", &tally)
        }
        print(tally)
        #expect(tally.allowed > 5000 && tally.denied > 5000)
    }

    private struct Tally {
        var allowed = 0
        var denied = 0
    }

    private func compare(
        _ world: ClusterState, _ packets: [PacketDescription], _ name: String, _ tally: inout Tally
    ) throws {
        let judge = ReferenceEvaluator(world, localNode: WorldGenerator.localNode)
        let ipv4 = FamilyDenials<UInt32>(world)
        let ipv6 = FamilyDenials<UInt128>(world)
        for packet in packets {
            let isDenied = ipv4.contains(packet) ?? ipv6.contains(packet)
            let verdict = judge.verdict(packet)
            try #require(
                isDenied == !verdict.isAllowed,
                "\(name): \(packet) from port \(packet.sourcePort ?? 0): \(verdict)")
            if verdict.isAllowed { tally.allowed += 1 } else { tally.denied += 1 }
        }
    }
}

/// What the policies of a world's node deny in one family.
private struct FamilyDenials<Bits: AddressBits> {
    private let space: PacketSpace<Bits>
    private let denials: [DeniedPackets<Bits>.Denial]

    init(_ state: ClusterState) {
        var builder = PacketSpace<Bits>.Builder()
        let reading = PolicyReading(state, localNode: WorldGenerator.localNode, &builder)
        space = builder.build()
        var denied = DeniedPackets(reading, space)
        denials = denied.all()
    }

    /// Whether a packet is denied; nil if it is of the other family.
    func contains(_ packet: PacketDescription) -> Bool? {
        guard let source: Bits = packet.source.bits(),
            let destination: Bits = packet.destination.bits()
        else { return nil }
        let first =
            packet.icmpType.map { UInt16($0) << 8 | UInt16(packet.icmpCode ?? 0) }
            ?? packet.sourcePort ?? 0
        let atom = space.transports.index(
            protocol: packet.transport.rawValue, first: first,
            second: packet.destinationPort ?? 0)
        return denials.contains { denial in
            // By no interface that is known.
            denial.packets.inputs.contains(space.interfaces.none)
                && denial.packets.outputs.contains(space.interfaces.none)
                && denial.packets.sources.contains(space.addresses.index(of: source))
                && denial.packets.destinations.contains(space.addresses.index(of: destination))
                && denial.packets.transports.contains(atom)
        }
    }
}
