// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// The sequences of expressions that nft makes from its statements. What is built from them reads
/// back equal from a ruleset that `nft` loaded.
extension Expression {
    /// `RTN_LOCAL` of `linux/rtnetlink.h`, in host byte order.
    static let localAddressType: [UInt8] = hostBytes(2)

    /// An integer as the kernel compares it in registers that it fills in host byte order.
    public static func hostBytes(_ value: UInt32) -> [UInt8] {
        let big = value.networkBytes
        return UInt32(1).littleEndian == 1 ? big.reversed() : big
    }

    /// `meta nfproto ipv4`.
    public static func isFamily(_ family: AddressFamily) -> [Expression] {
        let number = family == .ipv4 ? ProtocolNumber.ipv4 : ProtocolNumber.ipv6
        return [.meta(.networkProtocol, into: .first), .compare(.first, .equal, [number])]
    }

    /// `meta l4proto tcp`.
    public static func isTransport(_ transport: IPProtocol) -> [Expression] {
        [
            .meta(.transportProtocol, into: .first),
            .compare(.first, .equal, [transport.rawValue]),
        ]
    }

    /// `ct state …`: at least one of the states holds.
    public static func isConnection(_ states: ConnectionStates) -> [Expression] {
        [
            .conntrackState(into: .first),
            .bitwise(.first, mask: hostBytes(states.rawValue), xor: hostBytes(0)),
            .compare(.first, .notEqual, hostBytes(0)),
        ]
    }

    /// `fib saddr type local`: the source is one of this node's own addresses.
    public static var isFromThisNode: [Expression] {
        [.fibSourceType(into: .first), .compare(.first, .equal, localAddressType)]
    }

    /// Loads an address of a packet whose family is known.
    public static func load(_ side: AddressSide, _ family: AddressFamily, into: Register)
        -> Expression
    {
        .payload(
            .network, offset: side.offset(in: family), length: family == .ipv4 ? 4 : 16, into: into)
    }

    /// `icmpv6 type @set`.
    public static func isICMPv6Type(in set: String) -> [Expression] {
        isFamily(.ipv6) + isTransport(.icmpv6) + [
            .payload(.transport, offset: 0, length: 1, into: .first),
            .lookup(set: set, key: .first, isInverted: false),
        ]
    }

    /// `th sport @set`.
    public static func isSourcePort(in set: String) -> [Expression] {
        [
            .payload(.transport, offset: 0, length: 2, into: .first),
            .lookup(set: set, key: .first, isInverted: false),
        ]
    }

    /// `meta l4proto . th sport vmap @map`: in ICMP and ICMPv6 the type and the code stand where
    /// other protocols have their source port (S64).
    public static func decideByMessage(_ map: String) -> [Expression] {
        [
            .meta(.transportProtocol, into: .first),
            .payload(
                .transport, offset: 0, length: 2, into: Register.first.following(length: 1)),
            .verdictLookup(map: map, key: .first),
        ]
    }

    /// `meta l4proto . th dport vmap @map`.
    public static func decideByPort(_ map: String) -> [Expression] {
        [
            .meta(.transportProtocol, into: .first),
            .payload(
                .transport, offset: 2, length: 2, into: Register.first.following(length: 1)),
            .verdictLookup(map: map, key: .first),
        ]
    }
}

/// One of the two addresses of a packet.
public enum AddressSide: Hashable, Sendable {
    /// The address that the packet comes from.
    case source
    /// The address that it goes to.
    case destination

    /// Where the address stands in the network header.
    func offset(in family: AddressFamily) -> UInt32 {
        switch (self, family) {
        case (.source, .ipv4): 12
        case (.destination, .ipv4): 16
        case (.source, .ipv6): 8
        case (.destination, .ipv6): 24
        }
    }
}
