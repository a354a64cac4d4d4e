// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The integer that holds an address of one family: `UInt32` for IPv4, `UInt128` for IPv6, most
/// significant bit first, so that numeric order is address order.
public protocol AddressBits: FixedWidthInteger & UnsignedInteger & Sendable {
    static var family: AddressFamily { get }
    /// The address in its usual notation: dotted quad, or RFC 5952 text.
    static func text(_ address: Self) -> String
}

extension UInt32: AddressBits {
    /// IPv4.
    public static var family: AddressFamily { .ipv4 }
    /// Dotted quad.
    public static func text(_ address: UInt32) -> String { IPAddress.ipv4(address).description }
}

extension UInt128: AddressBits {
    /// IPv6.
    public static var family: AddressFamily { .ipv6 }
    /// RFC 5952 text.
    public static func text(_ address: UInt128) -> String { IPAddress.ipv6(address).description }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// The integer's bytes, most significant first: network byte order.
    public var networkBytes: [UInt8] {
        let count = Self.bitWidth / 8
        return (0..<count).map { UInt8(truncatingIfNeeded: self >> ((count - 1 - $0) * 8)) }
    }

    /// Reads an integer from bytes in network order; nil unless there are exactly as many bytes as
    /// the integer has.
    public init?(networkBytes bytes: some Collection<UInt8>) {
        guard bytes.count == Self.bitWidth / 8 else { return nil }
        self = bytes.reduce(0) { $0 << 8 | Self($1) }
    }
}
