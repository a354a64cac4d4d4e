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

    /// `meta l4proto != tcp`.
    public static func isNotTransport(_ transport: IPProtocol) -> [Expression] {
        [
            .meta(.transportProtocol, into: .first),
            .compare(.first, .notEqual, [transport.rawValue]),
        ]
    }

    /// `iifname "lo"` or `oifname "lo"`: the packet does not leave the node.
    public static func isLoopback(_ key: MetaKey) -> [Expression] {
        [.meta(key, into: .first), .compare(.first, .equal, InterfaceName.loopback.bytes)]
    }

    /// `iifname vmap @map` or `oifname vmap @map`.
    public static func decideByInterface(_ key: MetaKey, _ map: String) -> [Expression] {
        [.meta(key, into: .first), .verdictLookup(map: map, key: .first)]
    }

    /// `iifname @set`: the interface is an element of a set.
    public static func isInterface(_ key: MetaKey, in set: String) -> [Expression] {
        [.meta(key, into: .first), .lookup(set: set, key: .first, isInverted: false)]
    }

    /// `ip saddr @set`: an address of a packet is an element of a set of its family.
    public static func isMember(
        _ side: AddressSide, _ family: AddressFamily, of set: String
    ) -> [Expression] {
        isFamily(family) + [
            .load(side, family, into: .first),
            .lookup(set: set, key: .first, isInverted: false),
        ]
    }

    /// `th sport 53` or `th dport 53`, where the protocol is known.
    public static func isPort(_ side: AddressSide, _ number: UInt16) -> [Expression] {
        [loadPort(side), .compare(.first, .equal, number.networkBytes)]
    }

    /// `th dport >= 1000 th dport <= 2000`, where the protocol is known; an end that every number
    /// keeps to is not asked for.
    public static func isPort(_ side: AddressSide, in range: ClosedRange<UInt16>) -> [Expression] {
        if range.count == 1 { return isPort(side, range.lowerBound) }
        let load = Expression.loadPort(side)
        var expressions: [Expression] = []
        if range.lowerBound > .min {
            expressions += [
                load, .compare(.first, .greaterOrEqual, range.lowerBound.networkBytes),
            ]
        }
        if range.upperBound < .max {
            expressions += [load, .compare(.first, .lessOrEqual, range.upperBound.networkBytes)]
        }
        return expressions
    }

    /// `th sport @set` or `th dport @set`, where the protocol is known.
    public static func isPort(_ side: AddressSide, in set: String) -> [Expression] {
        [loadPort(side), .lookup(set: set, key: .first, isInverted: false)]
    }

    private static func loadPort(_ side: AddressSide) -> Expression {
        .payload(.transport, offset: side == .source ? 0 : 2, length: 2, into: .first)
    }

    /// `ip saddr 10.0.0.0/8`: an address of a packet lies in a block.
    public static func isInBlock(_ side: AddressSide, _ block: CIDR) -> [Expression] {
        let family = block.family
        let network = block.network.bytes
        let mask = (0..<network.count).map { index -> UInt8 in
            let bits = min(8, max(0, block.prefixLength - index * 8))
            return bits == 0 ? 0 : UInt8.max << UInt8(8 - bits)
        }
        if block.prefixLength == 0 { return isFamily(family) }
        if block.prefixLength % 8 == 0 {
            // nft compares just the bytes of the prefix.
            let count = block.prefixLength / 8
            return isFamily(family) + [
                .payload(
                    .network, offset: side.offset(in: family), length: UInt32(count),
                    into: .first),
                .compare(.first, .equal, Array(network.prefix(count))),
            ]
        }
        return isFamily(family) + [
            .load(side, family, into: .first),
            .bitwise(.first, mask: mask, xor: network.map { _ in 0 }),
            .compare(.first, .equal, network),
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

    /// `meta l4proto tcp ct original proto-dst vmap @map`.
    public static func decideByOriginalPort(
        _ transport: IPProtocol, _ map: String
    ) -> [Expression] {
        isTransport(transport) + [
            .originalDestination(.port, into: .first), .verdictLookup(map: map, key: .first),
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
