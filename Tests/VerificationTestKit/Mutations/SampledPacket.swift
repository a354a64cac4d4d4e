// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyVerification

/// A packet, and the hooks that it passes.
public struct SampledPacket: Hashable, Sendable {
    /// Its fields and its connection's state.
    public var packet: Packet
    /// Where it comes from and goes to, as the node sees it.
    public var way: Way

    /// A packet's way through the node.
    public enum Way: Hashable, Sendable {
        /// From elsewhere to elsewhere.
        case forwarded
        /// From the node itself, whatever address it claims.
        case sent
        /// To one of the node's own addresses.
        case delivered

        /// The hooks in order.
        public var hooks: [Hook] {
            switch self {
            case .forwarded: [.prerouting, .forward, .postrouting]
            case .sent: [.output, .postrouting]
            case .delivered: [.prerouting, .input]
            }
        }
    }

    public init(_ packet: Packet, _ way: Way) {
        self.packet = packet
        self.way = way
    }

    /// Whether it belongs to a connection that is known: such packets pass (S36, S37).
    public var isOfKnownConnection: Bool {
        !packet.connection.isDisjoint(with: [.established, .related])
    }

    /// What policies see of it.
    public var asPoliciesSee: PacketDescription {
        PacketDescription(
            source: packet.source, destination: packet.destination, transport: packet.transport,
            destinationPort: packet.transport.hasPorts ? packet.destinationPort : nil,
            icmpType: packet.icmpType)
    }
}

extension IPProtocol {
    /// Whether policies know ports of it.
    var hasPorts: Bool { [.tcp, .udp, .sctp].contains(self) }
}

extension SampledPacket {
    /// The packet's fields, its connection's state and its way.
    public var text: String {
        let source = packet.sourcePort.map { " from port \($0)" } ?? ""
        return "\(asPoliciesSee)\(source), state \(packet.connection.rawValue), \(way)"
    }
}
