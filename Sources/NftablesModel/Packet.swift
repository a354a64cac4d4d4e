// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// The header fields of a packet that rules can ask for.
public struct Packet: Hashable, Sendable {
    /// The address that the packet comes from.
    public var source: IPAddress
    /// The address that it goes to, of the same family.
    public var destination: IPAddress
    /// The transport protocol, behind IPv6 extension headers.
    public var transport: IPProtocol
    /// Nil for protocols without ports.
    public var sourcePort: UInt16?
    /// Nil for protocols without ports.
    public var destinationPort: UInt16?
    /// For ICMP and ICMPv6.
    public var icmpType: UInt8?
    /// What connection tracking calls it: one state.
    public var connection: ConnectionStates
    /// Whether the source address is one of the node's own.
    public var isFromThisNode: Bool

    /// A packet; the first of a connection unless stated otherwise.
    public init(
        from source: IPAddress, to destination: IPAddress, transport: IPProtocol,
        sourcePort: UInt16? = nil, destinationPort: UInt16? = nil, icmpType: UInt8? = nil,
        connection: ConnectionStates = .new, isFromThisNode: Bool = false
    ) {
        self.source = source
        self.destination = destination
        self.transport = transport
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.icmpType = icmpType
        self.connection = connection
        self.isFromThisNode = isFromThisNode
    }

    /// The bytes that a payload expression loads; nil where the packet has none there, or they are
    /// not modelled.
    func bytes(_ base: PayloadBase, offset: UInt32, length: UInt32) -> [UInt8]? {
        switch base {
        case .network:
            let width: UInt32 = source.family == .ipv4 ? 4 : 16
            guard length == width else { return nil }
            for (side, address) in [(AddressSide.source, source), (.destination, destination)]
            where side.offset(in: source.family) == offset { return address.bytes }
            return nil
        case .transport:
            switch (offset, length) {
            case (0, 1): return icmpType.map { [$0] } ?? sourcePort.map { [UInt8($0 >> 8)] }
            case (0, 2): return sourcePort?.networkBytes ?? icmpType.map { [$0, 0] }
            // Behind an ICMP type and code stands a checksum, here zero.
            case (2, 2): return destinationPort?.networkBytes ?? [0, 0]
            default: return nil
            }
        case .link:
            return nil
        }
    }
}
