// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The first packet of a new connection, as the node that forwards it sees it.
///
/// The destination is the one after any Service's translation: policies judge the pod's address
/// and the container's port (S25). The source is the one with which the packet arrives (S18).
public struct PacketDescription: Hashable, Sendable {
    /// The sender's address, as the packet bears it (S18).
    public var source: IPAddress
    /// Of the same family as ``source``.
    public var destination: IPAddress
    /// The protocol after any IPv6 extension headers (S35).
    public var transport: IPProtocol
    /// Nil for protocols without ports, such as ICMP and ESP (S32).
    public var destinationPort: UInt16?
    /// Nil for protocols without ports; nil, too, where it is not known: no rule that asks for
    /// source ports matches then.
    public var sourcePort: UInt16?
    /// The type of an ICMP or ICMPv6 message; nil for other protocols.
    public var icmpType: UInt8?
    /// The code of an ICMP or ICMPv6 message; nil for other protocols.
    public var icmpCode: UInt8?
    /// The interface of the node by which it comes; nil for what the node sends, and where it is
    /// not known.
    public var inputInterface: String?
    /// The interface of the node by which it leaves; nil for what the node receives, and where it
    /// is not known.
    public var outputInterface: String?
    /// Whether connection tracking knows a connection of it. What fits none, or is not tracked, is not
    /// known again where it has been let in before its translation.
    public var hasConnection = true
    /// Where it went before its destination was translated; nil where nothing was.
    public var original: OriginalDestination?

    /// A destination that the node translates.
    public struct OriginalDestination: Hashable, Sendable {
        /// The address.
        public var address: IPAddress
        /// Nil for protocols without ports.
        public var port: UInt16?

        /// A destination of these parts.
        public init(address: IPAddress, port: UInt16? = nil) {
            self.address = address
            self.port = port
        }
    }

    /// A packet of these fields.
    public init(
        source: IPAddress, destination: IPAddress, transport: IPProtocol,
        destinationPort: UInt16? = nil, sourcePort: UInt16? = nil, icmpType: UInt8? = nil,
        icmpCode: UInt8? = nil, inputInterface: String? = nil, outputInterface: String? = nil,
        original: OriginalDestination? = nil
    ) {
        self.inputInterface = inputInterface
        self.outputInterface = outputInterface
        self.original = original
        self.source = source
        self.destination = destination
        self.transport = transport
        self.destinationPort = destinationPort
        self.sourcePort = sourcePort
        self.icmpType = icmpType
        self.icmpCode = icmpCode
    }

    /// The address of the side that a direction is about: the sender on egress, the receiver on
    /// ingress.
    func subject(_ direction: Direction) -> IPAddress {
        switch direction {
        case .egress: source
        case .ingress: destination
        }
    }

    /// The address of the other side.
    func peer(_ direction: Direction) -> IPAddress {
        switch direction {
        case .egress: destination
        case .ingress: source
        }
    }

    /// The port at one end.
    func port(_ end: PacketEnd) -> UInt16? { end == .source ? sourcePort : destinationPort }

    /// The address at one end.
    func address(_ end: PacketEnd) -> IPAddress { end == .source ? source : destination }
}

extension PacketDescription: CustomStringConvertible {
    /// `10.0.0.1 > 10.0.0.2 tcp 80`, or `fd00::1 > fd00::2 ipv6-icmp type 128`.
    public var description: String {
        let port = destinationPort.map { " \($0)" } ?? ""
        let type = icmpType.map { " type \($0)" } ?? ""
        return "\(source) > \(destination) \(transport)\(port)\(type)"
    }
}
