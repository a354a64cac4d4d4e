// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A protocol number of the IP header's payload (IANA "Assigned Internet Protocol Numbers").
public struct IPProtocol: RawRepresentable, Hashable, Sendable, Comparable {
    /// The number in the IP header.
    public let rawValue: UInt8

    /// The protocol of this number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// ICMP for IPv4.
    public static let icmp = IPProtocol(rawValue: 1)
    /// IPv4 packets inside of IPv4 packets.
    public static let ipip = IPProtocol(rawValue: 4)
    /// TCP.
    public static let tcp = IPProtocol(rawValue: 6)
    /// UDP.
    public static let udp = IPProtocol(rawValue: 17)
    /// ICMP for IPv6.
    public static let icmpv6 = IPProtocol(rawValue: 58)
    /// SCTP.
    public static let sctp = IPProtocol(rawValue: 132)

    /// By number.
    public static func < (left: IPProtocol, right: IPProtocol) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension IPProtocol: CustomStringConvertible {
    /// The name as nftables and the policy APIs write it in lower case, or the number.
    public var description: String {
        switch self {
        case .icmp: "icmp"
        case .tcp: "tcp"
        case .udp: "udp"
        case .icmpv6: "ipv6-icmp"
        case .sctp: "sctp"
        default: String(rawValue)
        }
    }
}
