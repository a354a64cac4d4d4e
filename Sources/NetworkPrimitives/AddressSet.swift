// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A set of addresses of both families, as disjoint intervals.
public struct AddressSet: Hashable, Sendable {
    public var ipv4: IntervalSet<UInt32>
    public var ipv6: IntervalSet<UInt128>

    public init(ipv4: IntervalSet<UInt32> = .empty, ipv6: IntervalSet<UInt128> = .empty) {
        self.ipv4 = ipv4
        self.ipv6 = ipv6
    }

    public init(_ blocks: some Sequence<CIDR>) {
        ipv4 = .init(blocks.compactMap { IntervalSet<UInt32>($0)?.intervals.first })
        ipv6 = .init(blocks.compactMap { IntervalSet<UInt128>($0)?.intervals.first })
    }

    public static var empty: Self { Self() }
    public static var full: Self { Self(ipv4: .full, ipv6: .full) }

    public var isEmpty: Bool { ipv4.isEmpty && ipv6.isEmpty }
    public var isFull: Bool { ipv4.isFull && ipv6.isFull }

    public func contains(_ address: IPAddress) -> Bool {
        switch address {
        case .ipv4(let bits): ipv4.contains(bits)
        case .ipv6(let bits): ipv6.contains(bits)
        }
    }

    public func union(_ other: Self) -> Self {
        Self(ipv4: ipv4.union(other.ipv4), ipv6: ipv6.union(other.ipv6))
    }

    public func intersection(_ other: Self) -> Self {
        Self(ipv4: ipv4.intersection(other.ipv4), ipv6: ipv6.intersection(other.ipv6))
    }

    public func subtracting(_ other: Self) -> Self {
        Self(ipv4: ipv4.subtracting(other.ipv4), ipv6: ipv6.subtracting(other.ipv6))
    }
}
