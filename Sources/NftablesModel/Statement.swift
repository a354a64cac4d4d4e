// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// What a few expressions of a rule mean together, in nft's terms. Read from expressions by
/// ``Rule/statements``; both printers go through it.
public enum Statement: Hashable, Sendable {
    /// The field compares so with a constant.
    case match(Field, Comparison, [UInt8])
    /// An address is (or is not) in a block, whose network has all bytes of an address.
    case block(Field, network: [UInt8], prefixLength: Int, isInverted: Bool)
    /// At least one of the states holds.
    case connectionState(ConnectionStates)
    /// The fields, concatenated, are (or are not) an element of the named set.
    case member([Field], of: String, isInverted: Bool)
    /// The verdict that the named map gives for the fields, concatenated.
    case verdictMap([Field], String)
    /// A verdict.
    case verdict(Verdict)
    /// A counter of packets and bytes.
    case counter
    /// A line in the kernel's log.
    case log(prefix: String)
    /// The packet is left to no connection.
    case notrack
    /// A drop of which the sender is told.
    case reject(Rejection)
    /// Expressions that nft's language cannot say as they stand, or that this model does not know.
    case opaque(String)
}

/// Something that can be loaded from a packet.
public enum Field: Hashable, Sendable {
    /// The family, from its `nfproto` number.
    case networkProtocol
    /// The transport protocol's number.
    case transportProtocol
    /// The address that the packet comes from.
    case sourceAddress(AddressFamily)
    /// The address that it goes to.
    case destinationAddress(AddressFamily)
    /// The destination port, where the protocol has one.
    case destinationPort
    /// The source port, where the protocol has one.
    case sourcePort
    /// The type of an ICMPv6 packet.
    case icmpv6Type
    /// What the node's routing says of the source address.
    case fibSourceType
    /// The address to which the connection went before any translation.
    case originalAddress(AddressFamily)
    /// The port to which it went.
    case originalPort
    /// The name of the interface by which the packet came.
    case inputInterface
    /// The name of the interface by which the packet leaves.
    case outputInterface

    /// The field as nft writes it.
    public var name: String {
        switch self {
        case .networkProtocol: "meta nfproto"
        case .transportProtocol: "meta l4proto"
        case .sourceAddress(.ipv4): "ip saddr"
        case .sourceAddress(.ipv6): "ip6 saddr"
        case .destinationAddress(.ipv4): "ip daddr"
        case .destinationAddress(.ipv6): "ip6 daddr"
        case .destinationPort: "th dport"
        case .sourcePort: "th sport"
        case .icmpv6Type: "icmpv6 type"
        case .fibSourceType: "fib saddr type"
        case .originalAddress(.ipv4): "ct original ip daddr"
        case .originalAddress(.ipv6): "ct original ip6 daddr"
        case .originalPort: "ct original proto-dst"
        case .inputInterface: "iifname"
        case .outputInterface: "oifname"
        }
    }

    /// A constant to compare the field with, as nft writes it; nil if it has another length than
    /// the field.
    func constant(_ bytes: [UInt8]) -> String? {
        switch self {
        case .networkProtocol where bytes.count == 1:
            ["ipv4", "ipv6"].first { $0 == ProtocolNumber.familyName(bytes[0]) } ?? "\(bytes[0])"
        case .transportProtocol where bytes.count == 1:
            IPProtocol(rawValue: bytes[0]).description
        case .sourceAddress(.ipv4), .destinationAddress(.ipv4), .originalAddress(.ipv4):
            UInt32(networkBytes: bytes).map { "\(IPAddress.ipv4($0))" }
        case .sourceAddress(.ipv6), .destinationAddress(.ipv6), .originalAddress(.ipv6):
            UInt128(networkBytes: bytes).map { "\(IPAddress.ipv6($0))" }
        case .destinationPort, .sourcePort, .originalPort:
            UInt16(networkBytes: bytes).map(String.init)
        case .icmpv6Type where bytes.count == 1:
            String(bytes[0])
        case .fibSourceType where bytes.count == 4:
            bytes == Expression.localAddressType ? "local" : nil
        case .inputInterface, .outputInterface:
            InterfaceName(bytes).map { "\"\($0)\"" }
        default:
            nil
        }
    }
}

/// Numbers that the kernel uses for address families in `meta nfproto` (`linux/netfilter.h`).
enum ProtocolNumber {
    static let ipv4: UInt8 = 2
    static let ipv6: UInt8 = 10

    static func familyName(_ number: UInt8) -> String? {
        switch number {
        case ipv4: "ipv4"
        case ipv6: "ipv6"
        default: nil
        }
    }

    static func family(_ number: UInt8) -> AddressFamily? {
        switch number {
        case ipv4: .ipv4
        case ipv6: .ipv6
        default: nil
        }
    }
}
