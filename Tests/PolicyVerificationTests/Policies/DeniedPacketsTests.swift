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
        var allowed = 0
        var denied = 0
        for seed in UInt64(0)..<300 {
            var world = EnrichedWorld(seed: seed)
            let judge = ReferenceEvaluator(world.state, localNode: WorldGenerator.localNode)
            let ipv4 = FamilyDenials<UInt32>(world.state)
            let ipv6 = FamilyDenials<UInt128>(world.state)
            for packet in world.packets(300) {
                let isDenied = ipv4.contains(packet) ?? ipv6.contains(packet)!
                let verdict = judge.verdict(packet)
                try #require(
                    isDenied == !verdict.isAllowed,
                    "seed \(seed): \(packet) from port \(packet.sourcePort ?? 0): \(verdict)")
                if isDenied { denied += 1 } else { allowed += 1 }
            }
        }
        print("\(allowed) packets allowed, \(denied) denied")
        #expect(allowed > 10_000 && denied > 10_000)
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
            denial.packets.sources.contains(space.addresses.index(of: source))
                && denial.packets.destinations.contains(space.addresses.index(of: destination))
                && denial.packets.transports.contains(atom)
        }
    }
}
