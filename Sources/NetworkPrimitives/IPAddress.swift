// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One IPv4 or IPv6 address. IPv4 sorts before IPv6; within a family order is numeric.
public enum IPAddress: Hashable, Sendable {
    /// An IPv4 address, most significant bit first.
    case ipv4(UInt32)
    /// An IPv6 address, most significant bit first.
    case ipv6(UInt128)

    /// The family that the address belongs to.
    public var family: AddressFamily {
        switch self {
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }

    /// Reads an address strictly: a dotted quad of four decimal numbers without leading zeros (as
    /// Kubernetes does since CVE-2021-29923), or RFC 4291 text without a zone.
    public init?(_ text: String) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let bits = AddressText.parseIPv6(Array(text.utf8)[...]) else { return nil }
            self = .ipv6(bits)
        } else {
            guard let bits = AddressText.parseIPv4(text.utf8) else { return nil }
            self = .ipv4(bits)
        }
    }

    /// The same for a part of a text.
    public init?(_ text: some StringProtocol) { self.init(String(text)) }

    /// The address's bytes in network order: four or sixteen.
    public var bytes: [UInt8] {
        switch self {
        case .ipv4(let bits): bits.networkBytes
        case .ipv6(let bits): bits.networkBytes
        }
    }
}

extension IPAddress: Comparable {
    /// IPv4 before IPv6, then by number.
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        switch (left, right) {
        case (.ipv4(let left), .ipv4(let right)): left < right
        case (.ipv6(let left), .ipv6(let right)): left < right
        case (.ipv4, .ipv6): true
        case (.ipv6, .ipv4): false
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted quad, or RFC 5952: lower case, the longest run of zero groups as `::`.
    public var description: String {
        switch self {
        case .ipv4(let bits): AddressText.printIPv4(bits)
        case .ipv6(let bits): AddressText.printIPv6(bits)
        }
    }
}
