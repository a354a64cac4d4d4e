// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension AddressSet {
    /// Each interval as text, IPv4 first, ascending: `10.0.0.0/8`, `10.1.0.3-10.1.0.9`.
    public var blocksText: [String] {
        ipv4.intervals.map(\.blockText) + ipv6.intervals.map(\.blockText)
    }
}

extension ClosedRange where Bound: AddressBits {
    /// The interval as a block where it is one, otherwise as its two ends.
    public var blockText: String {
        if lowerBound == upperBound { return Bound.text(lowerBound) }
        let size = upperBound - lowerBound
        let isBlock = size & (size &+ 1) == 0 && lowerBound & size == 0
        guard isBlock else { return "\(Bound.text(lowerBound))-\(Bound.text(upperBound))" }
        return "\(Bound.text(lowerBound))/\(size.leadingZeroBitCount)"
    }
}
