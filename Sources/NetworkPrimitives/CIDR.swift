// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A block of addresses that share a prefix, for example `10.0.0.0/8` or `fd00::/64`.
///
/// Host bits in the text are cleared: `10.0.0.5/24` is `10.0.0.0/24` (S17).
public struct CIDR: Hashable, Sendable {
    /// The first address of the block.
    public let network: IPAddress
    /// The prefix length: 0…32 for IPv4, 0…128 for IPv6.
    public let prefixLength: Int

    /// The block of this prefix length that holds the address; its host bits are cleared.
    public init(_ address: IPAddress, prefixLength: Int) {
        self.prefixLength = prefixLength
        network =
            switch address {
            case .ipv4(let bits): .ipv4(bits & UInt32.prefixMask(prefixLength))
            case .ipv6(let bits): .ipv6(bits & UInt128.prefixMask(prefixLength))
            }
    }

    /// Reads `address/length`; nil if either part is malformed or the length is out of range.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]) else { return nil }
        let digits = parts[1].utf8
        guard (1...3).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            digits.count == 1 || digits.first != UInt8(ascii: "0"),
            let length = Int(parts[1])
        else { return nil }
        guard length <= (address.family == .ipv4 ? 32 : 128) else { return nil }
        self.init(address, prefixLength: length)
    }

    /// The family of its addresses.
    public var family: AddressFamily { network.family }

    /// Whether every address of `other` lies in this block.
    public func contains(_ other: CIDR) -> Bool {
        family == other.family && prefixLength <= other.prefixLength
            && CIDR(other.network, prefixLength: prefixLength) == self
    }

    /// Whether the address lies in this block.
    public func contains(_ address: IPAddress) -> Bool {
        family == address.family && CIDR(address, prefixLength: prefixLength) == self
    }
}

extension CIDR: CustomStringConvertible {
    /// The block as `10.0.0.0/8`.
    public var description: String { "\(network)/\(prefixLength)" }
}

extension CIDR: Comparable {
    /// By first address, larger blocks before smaller ones.
    public static func < (left: CIDR, right: CIDR) -> Bool {
        (left.network, left.prefixLength) < (right.network, right.prefixLength)
    }
}

extension AddressBits {
    /// The mask whose `length` leading bits are one.
    public static func prefixMask(_ length: Int) -> Self {
        length == 0 ? 0 : ~Self(0) << (Self.bitWidth - length)
    }

    /// The addresses of the block that begins at `network`.
    static func range(network: Self, prefixLength: Int) -> ClosedRange<Self> {
        network...(network | ~prefixMask(prefixLength))
    }
}
