// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A set of addresses of both families, as disjoint intervals.
public struct AddressSet: Hashable, Sendable {
    /// The IPv4 addresses.
    public var ipv4: IntervalSet<UInt32>
    /// The IPv6 addresses.
    public var ipv6: IntervalSet<UInt128>

    /// The addresses of one set for each family.
    public init(ipv4: IntervalSet<UInt32> = .empty, ipv6: IntervalSet<UInt128> = .empty) {
        self.ipv4 = ipv4
        self.ipv6 = ipv6
    }

    /// The union of blocks of either family.
    public init(_ blocks: some Sequence<CIDR>) {
        var ranges4: [ClosedRange<UInt32>] = []
        var ranges6: [ClosedRange<UInt128>] = []
        for block in blocks {
            switch block.network {
            case .ipv4(let bits):
                ranges4.append(UInt32.range(network: bits, prefixLength: block.prefixLength))
            case .ipv6(let bits):
                ranges6.append(UInt128.range(network: bits, prefixLength: block.prefixLength))
            }
        }
        ipv4 = IntervalSet(ranges4)
        ipv6 = IntervalSet(ranges6)
    }

    /// No address.
    public static var empty: Self { Self() }
    /// Every address of both families.
    public static var full: Self { Self(ipv4: .full, ipv6: .full) }

    /// No address is a member.
    public var isEmpty: Bool { ipv4.isEmpty && ipv6.isEmpty }
    /// Every address of both families is a member.
    public var isFull: Bool { ipv4.isFull && ipv6.isFull }

    /// Whether the address is a member.
    public func contains(_ address: IPAddress) -> Bool {
        switch address {
        case .ipv4(let bits): ipv4.contains(bits)
        case .ipv6(let bits): ipv6.contains(bits)
        }
    }

    /// The members of either set.
    public func union(_ other: Self) -> Self {
        Self(ipv4: ipv4.union(other.ipv4), ipv6: ipv6.union(other.ipv6))
    }

    /// The members of both sets.
    public func intersection(_ other: Self) -> Self {
        Self(ipv4: ipv4.intersection(other.ipv4), ipv6: ipv6.intersection(other.ipv6))
    }

    /// The members that are not the other set's.
    public func subtracting(_ other: Self) -> Self {
        Self(ipv4: ipv4.subtracting(other.ipv4), ipv6: ipv6.subtracting(other.ipv6))
    }
}
