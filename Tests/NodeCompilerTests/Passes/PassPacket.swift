// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

@testable import MatchIR

/// A packet as a class of endpoints sees it, and who its addresses belong to.
struct PassPacket {
    let packet: PacketDescription
    let direction: Direction
    let directory: any PeerDirectory

    private var peer: IPAddress {
        direction == .ingress ? packet.source : packet.destination
    }
    private var own: IPAddress { direction == .ingress ? packet.destination : packet.source }

    /// The destination port, or type and code.
    private var number: UInt16 {
        if packet.transport.hasMessageTypes {
            return UInt16(packet.icmpType ?? 0) << 8 | UInt16(packet.icmpCode ?? 0)
        }
        return packet.destinationPort ?? 0
    }

    func isIn(_ space: TransportSpace) -> Bool { space[packet.transport].contains(number) }

    func isIn(_ transport: IPProtocol, _ ports: ClosedRange<UInt16>) -> Bool {
        packet.transport == transport && ports.contains(number)
    }

    func isPeer(in set: MatchSet) -> Bool { isMember(peer, of: set) }

    func meets(_ conditions: RunConditions) -> Bool {
        if let family = conditions.family, family != peer.family { return false }
        if let ports = conditions.sourcePorts, !ports.contains(packet.sourcePort ?? 0) {
            return false
        }
        if let transport = conditions.transport, !isIn(transport) { return false }
        return conditions.addresses.allSatisfy { test in
            isMember(test.side == .own ? own : peer, of: test.set) != test.isInverted
        }
    }

    private func isMember(_ address: IPAddress, of set: MatchSet) -> Bool {
        if set.isEveryone || set.networks.contains(address) { return true }
        return set.endpoints.contains { peer in
            if directory.blocks(of: peer).contains(address) { return true }
            let addresses = directory.addresses(of: peer)
            return switch address {
            case .ipv4(let bits): addresses.ipv4.contains(bits)
            case .ipv6(let bits): addresses.ipv6.contains(bits)
            }
        }
    }
}
