// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A set of integers kept as disjoint, non-adjacent closed intervals in ascending order.
///
/// Two sets with the same members have the same intervals, so equality and hashing are by content.
/// The kernel takes interval sets only in this form: it accepts overlaps in one order and refuses
/// them in the other (S68).
public struct IntervalSet<Bound: FixedWidthInteger & UnsignedInteger & Sendable>: Hashable, Sendable
{
    /// Ascending; between two neighbours at least one value is missing.
    public private(set) var intervals: [ClosedRange<Bound>]

    /// The empty set.
    public init() { intervals = [] }

    /// The values of one interval.
    public init(_ interval: ClosedRange<Bound>) { intervals = [interval] }

    /// The union of the given intervals, which may overlap and come in any order.
    ///
    /// - Complexity: O(*n* log *n*).
    public init(_ unordered: some Sequence<ClosedRange<Bound>>) {
        intervals = []
        for interval in unordered.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            append(interval)
        }
    }

    /// No value.
    public static var empty: Self { Self() }
    /// Every value of the type.
    public static var full: Self { Self(Bound.min...Bound.max) }

    /// No value is a member.
    public var isEmpty: Bool { intervals.isEmpty }
    /// Every value of the type is a member.
    public var isFull: Bool { intervals.count == 1 && intervals[0] == Bound.min...Bound.max }

    /// Adds an interval that does not begin before the last one.
    private mutating func append(_ interval: ClosedRange<Bound>) {
        guard let last = intervals.last else {
            intervals.append(interval)
            return
        }
        if last.upperBound == Bound.max { return }
        if interval.lowerBound <= last.upperBound + 1 {
            let upper = max(last.upperBound, interval.upperBound)
            intervals[intervals.count - 1] = last.lowerBound...upper
        } else {
            intervals.append(interval)
        }
    }

    /// Whether `value` is a member.
    ///
    /// - Complexity: O(log *n*).
    public func contains(_ value: Bound) -> Bool {
        var low = 0
        var high = intervals.count
        while low < high {
            let middle = (low + high) / 2
            if intervals[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < intervals.count && intervals[low].lowerBound <= value
    }

    /// - Complexity: O(*n* + *m*).
    public func union(_ other: Self) -> Self {
        if isEmpty { return other }
        if other.isEmpty { return self }
        var result = Self()
        var left = intervals[...]
        var right = other.intervals[...]
        while let next = Self.takeFirst(&left, &right) { result.append(next) }
        return result
    }

    private static func takeFirst(
        _ left: inout ArraySlice<ClosedRange<Bound>>, _ right: inout ArraySlice<ClosedRange<Bound>>
    ) -> ClosedRange<Bound>? {
        guard let first = left.first else { return right.popFirst() }
        guard let second = right.first else { return left.popFirst() }
        return first.lowerBound <= second.lowerBound ? left.popFirst() : right.popFirst()
    }

    /// - Complexity: O(*n* + *m*).
    public func intersection(_ other: Self) -> Self {
        var result = Self()
        var i = 0
        var j = 0
        while i < intervals.count, j < other.intervals.count {
            let low = max(intervals[i].lowerBound, other.intervals[j].lowerBound)
            let high = min(intervals[i].upperBound, other.intervals[j].upperBound)
            if low <= high { result.intervals.append(low...high) }
            if intervals[i].upperBound < other.intervals[j].upperBound { i += 1 } else { j += 1 }
        }
        return result
    }

    /// The members of this set that are not in `other`.
    ///
    /// - Complexity: O(*n* + *m*).
    public func subtracting(_ other: Self) -> Self {
        isEmpty || other.isEmpty ? self : intersection(other.complement)
    }

    /// Every value that is not a member.
    public var complement: Self {
        var result = Self()
        var next = Bound.min
        for interval in intervals {
            if interval.lowerBound > next {
                result.intervals.append(next...(interval.lowerBound - 1))
            }
            if interval.upperBound == Bound.max { return result }
            next = interval.upperBound + 1
        }
        result.intervals.append(next...Bound.max)
        return result
    }
}

extension IntervalSet where Bound: AddressBits {
    /// The addresses of a block, if it is of this family; otherwise nil.
    public init?(_ block: CIDR) {
        switch block.network {
        case .ipv4(let bits):
            guard let bits = bits as? Bound else { return nil }
            self.init(Bound.range(network: bits, prefixLength: block.prefixLength))
        case .ipv6(let bits):
            guard let bits = bits as? Bound else { return nil }
            self.init(Bound.range(network: bits, prefixLength: block.prefixLength))
        }
    }
}
