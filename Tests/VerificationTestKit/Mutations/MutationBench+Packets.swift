// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import PolicyVerification

/// What policies and kernel say of single packets.
extension MutationBench {
    /// What the policies say.
    func isAllowed(_ probe: ProbePacket) -> Bool { reference.allows(probe) }

    /// Sends those packets that can be sent, and tells where the kernel decides otherwise than expected.
    func disagreements(
        with fates: [(ProbePacket, isAccepted: Bool)], _ report: inout MutationReport
    ) throws -> [String] {
        var expectations: [WirePacket: Bool] = [:]
        var packets: [WirePacket] = []
        for (probe, isAccepted) in fates {
            // A verification may let any address be the node's own; here it is not.
            guard scene.own.contains(probe.packet.source) == probe.packet.isFromThisNode,
                let packet = probe.onWire, expectations[packet] == nil
            else { continue }
            expectations[packet] = isAccepted
            packets.append(packet)
        }
        packets = packets.withoutReplies
        let expected = packets.map { expectations[$0]! }
        try wire.flushConnectionTracking()
        let arrived = try wire.carry(packets, expecting: expected)
        report.sent += packets.count
        return packets.indices.filter { arrived[$0] != expected[$0] }.map {
            "the kernel \(arrived[$0] ? "passes" : "drops") \(packets[$0]), against expectation"
        }
    }
}

extension ProbePacket {
    /// The packet as it can be sent; nil for one of a connection that would have to exist first, and for
    /// one whose header has more in it than the model says.
    fileprivate var onWire: WirePacket? {
        guard packet.connection == .new, journey != .received, packet.transport.hasPorts,
            [nil, Wire.input].contains(packet.inputInterface),
            [nil, Wire.output].contains(packet.outputInterface)
        else { return nil }
        let wire = WirePacket(
            description, isSentByNode: journey == .sent, sourcePort: packet.sourcePort)
        return wire.isRoutable ? wire : nil
    }
}
