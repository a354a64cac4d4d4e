// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyVerification

/// A packet that is to go through a ``Wire``, and where it comes from.
public struct WirePacket: Hashable, Sendable {
    /// Its addresses, protocol and port.
    public var packet: PacketDescription
    /// Whether the node itself sends it, whatever address it claims, rather than forwards it.
    public var isSentByNode: Bool
    /// For protocols with ports, that of the packet unless another is given; one that no other packet
    /// has if nil.
    public var sourcePort: UInt16?

    public init(
        _ packet: PacketDescription, isSentByNode: Bool = false, sourcePort: UInt16? = nil
    ) {
        self.packet = packet
        self.isSentByNode = isSentByNode
        self.sourcePort = sourcePort ?? packet.sourcePort
    }

    /// Whether any router would carry it: neither side is an address that is never forwarded
    /// (unspecified, loopback, link-local of IPv6, multicast, broadcast).
    public var isRoutable: Bool {
        packet.source.isRoutable && packet.destination.isRoutable
    }
}

extension WirePacket: CustomStringConvertible {
    /// `10.0.0.1 > 10.0.0.2 tcp 80`, and whether the node sends it.
    public var description: String { "\(packet)\(isSentByNode ? ", sent by the node" : "")" }
}

extension [WirePacket] {
    /// The packets without those that connection tracking takes for replies to others of them: of
    /// protocols that it knows nothing of, it remembers the addresses alone.
    public var withoutReplies: [WirePacket] {
        var seen: Set<Flow> = []
        return filter { packet in
            guard let flow = Flow(packet) else { return true }
            if seen.contains(flow.reply), flow != flow.reply { return false }
            seen.insert(flow)
            return true
        }
    }

    /// By what a reply is known.
    private struct Flow: Hashable {
        let source: IPAddress
        let destination: IPAddress
        let transport: IPProtocol
        let ports: [UInt16]

        /// Nil for a packet that is never taken for a reply.
        init?(_ wire: WirePacket) {
            let packet = wire.packet
            if packet.icmpType != nil || (packet.destinationPort != nil && wire.sourcePort == nil) {
                return nil
            }
            self.init(
                packet.source, packet.destination, packet.transport,
                [wire.sourcePort ?? 0, packet.destinationPort ?? 0])
        }

        private init(
            _ source: IPAddress, _ destination: IPAddress, _ transport: IPProtocol,
            _ ports: [UInt16]
        ) {
            self.source = source
            self.destination = destination
            self.transport = transport
            self.ports = ports
        }

        var reply: Flow { Flow(destination, source, transport, ports.reversed()) }
    }
}

extension IPAddress {
    fileprivate var isRoutable: Bool {
        let never =
            switch self {
            case .ipv4: ["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3"]
            case .ipv6: ["::/96", "::ffff:0:0/96", "fe80::/10", "ff00::/8"]
            }
        return !never.contains { CIDR($0)!.contains(self) }
    }
}

extension PacketDescription {
    /// The packet as it begins a connection: SYN, datagram, INIT, or a message of ICMP.
    ///
    /// - Parameter sourcePort: for protocols with ports.
    func raw(sourcePort: UInt16) -> RawPacket {
        let source = LabAddress(source)
        let destination = LabAddress(destination)
        let from = LabSocketAddress(source, port: sourcePort)
        let to = LabSocketAddress(destination, port: destinationPort ?? 0)
        switch transport {
        case .tcp: return .tcp(.synchronize, from: from, to: to, [])
        case .udp: return .udp(from: from, to: to, [])
        case .icmp, .icmpv6:
            return .icmp(
                type: icmpType ?? 0, code: icmpCode ?? 0, word: UInt32(sourcePort) << 16 | 1,
                from: source,
                to: destination, [])
        case .sctp:
            let start = SctpPacket(
                sourcePort: from.port, destinationPort: to.port, chunk: .start(tag: 1))
            return RawPacket(
                from: source, to: destination, transport: transport.rawValue,
                content: start.bytes)
        default:
            return RawPacket(
                from: source, to: destination, transport: transport.rawValue,
                content: [UInt8](repeating: 0xa5, count: 16))
        }
    }
}

extension LabAddress {
    /// An address of the model.
    init(_ address: IPAddress) {
        self.init(family: address.family == .ipv4 ? .v4 : .v6, bytes: address.bytes)
    }
}
