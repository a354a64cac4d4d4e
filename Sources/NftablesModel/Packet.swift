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
    /// Where its connection went before the destination was translated; nil where it was not.
    public var original: OriginalAddress?
    /// For ICMP and ICMPv6.
    public var icmpType: UInt8?
    /// For ICMP and ICMPv6; zero where it is nil.
    public var icmpCode: UInt8?
    /// What connection tracking calls it: one state.
    public var connection: ConnectionStates
    /// Whether the source address is one of the node's own.
    public var isFromThisNode: Bool
    /// The name of the interface by which it came; nil where there is none.
    public var inputInterface: String?
    /// The name of the interface by which it leaves; nil where there is none.
    public var outputInterface: String?

    /// A destination that was translated to another one.
    public struct OriginalAddress: Hashable, Sendable {
        /// The address, of the packet's family.
        public var address: IPAddress
        /// Nil for protocols without ports.
        public var port: UInt16?

        /// A destination of these parts.
        public init(address: IPAddress, port: UInt16? = nil) {
            self.address = address
            self.port = port
        }
    }

    /// A packet; the first of a connection unless stated otherwise.
    public init(
        from source: IPAddress, to destination: IPAddress, transport: IPProtocol,
        sourcePort: UInt16? = nil, destinationPort: UInt16? = nil, icmpType: UInt8? = nil,
        icmpCode: UInt8? = nil,
        connection: ConnectionStates = .new, isFromThisNode: Bool = false,
        inputInterface: String? = nil, outputInterface: String? = nil
    ) {
        self.source = source
        self.destination = destination
        self.transport = transport
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.icmpType = icmpType
        self.icmpCode = icmpCode
        self.connection = connection
        self.isFromThisNode = isFromThisNode
        self.inputInterface = inputInterface
        self.outputInterface = outputInterface
    }

    /// The bytes that `ct original` loads; nil where the packet belongs to no connection, or to one
    /// of another family.
    ///
    /// - Parameter state: what connection tracking calls it where it is asked.
    func bytes(_ part: OriginalDestination, in state: ConnectionStates) -> [UInt8]? {
        guard state.isDisjoint(with: [.invalid, .untracked]) else { return nil }
        let address = original?.address ?? destination
        switch part {
        case .ipv4Address: return address.family == .ipv4 ? address.bytes : nil
        case .ipv6Address: return address.family == .ipv6 ? address.bytes : nil
        case .port:
            if let icmpType { return [icmpType, icmpCode ?? 0] }
            return ((original == nil ? destinationPort : original?.port) ?? 0).networkBytes
        }
    }

    /// The bytes that a payload expression loads: from the addresses, and from the first four bytes
    /// of the transport's header; nil where they are not modelled.
    ///
    /// A protocol without ports may have any bytes where others have their ports: they are those of
    /// ``sourcePort`` and ``destinationPort``, and zero where these are nil. In ICMP the type stands
    /// first, then its code and a checksum.
    func bytes(_ base: PayloadBase, offset: UInt32, length: UInt32) -> [UInt8]? {
        let range = Int(offset)..<Int(offset) + Int(length)
        switch base {
        case .network:
            let first = Int(AddressSide.source.offset(in: source.family))
            let addresses = source.bytes + destination.bytes
            guard range.lowerBound >= first, range.upperBound <= first + addresses.count
            else { return nil }
            return Array(addresses[range.lowerBound - first..<range.upperBound - first])
        case .transport:
            guard range.upperBound <= 4 else { return nil }
            var ports = (sourcePort ?? 0).networkBytes + (destinationPort ?? 0).networkBytes
            if let icmpType { ports[0] = icmpType }
            if let icmpCode { ports[1] = icmpCode }
            return Array(ports[range])
        case .link:
            return nil
        }
    }
}
