// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// The elements to delete from a set and to add to it, in that order, so that it holds what is
/// wanted. An element whose verdict or comment changes is in both (S69).
struct SetElementsDifference {
    var deleted: SetElements
    var added: SetElements

    /// Nil if the two hold elements of different kinds.
    ///
    /// - Complexity: O(*n* + *m*).
    init?(from observed: SetElements, to wanted: SetElements) {
        switch (observed, wanted) {
        case (.ipv4(let old), .ipv4(let new)):
            deleted = .ipv4(Self.missing(from: new, in: old))
            added = .ipv4(Self.missing(from: old, in: new))
        case (.ipv6(let old), .ipv6(let new)):
            deleted = .ipv6(Self.missing(from: new, in: old))
            added = .ipv6(Self.missing(from: old, in: new))
        case (.ipv4Intervals(let old), .ipv4Intervals(let new)):
            deleted = .ipv4Intervals(Self.missing(from: new, in: old))
            added = .ipv4Intervals(Self.missing(from: old, in: new))
        case (.ipv6Intervals(let old), .ipv6Intervals(let new)):
            deleted = .ipv6Intervals(Self.missing(from: new, in: old))
            added = .ipv6Intervals(Self.missing(from: old, in: new))
        case (.entries(let old), .entries(let new)):
            let oldEntries = Set(old)
            let newEntries = Set(new)
            deleted = .entries(old.filter { !newEntries.contains($0) })
            added = .entries(new.filter { !oldEntries.contains($0) })
        default:
            return nil
        }
    }

    /// The values of `list` that `other` lacks; both ascending.
    private static func missing<Bits: AddressBits>(from other: [Bits], in list: [Bits]) -> [Bits] {
        var result: [Bits] = []
        var position = 0
        for value in list {
            while position < other.count, other[position] < value { position += 1 }
            if position == other.count || other[position] != value { result.append(value) }
        }
        return result
    }

    /// The intervals of `set` that are not intervals of `other`. The kernel keeps intervals as they
    /// were added, so that one of which a part goes is deleted and the rest added anew.
    private static func missing<Bits>(from other: IntervalSet<Bits>, in set: IntervalSet<Bits>)
        -> IntervalSet<Bits>
    {
        let known = Set(other.intervals)
        return IntervalSet(set.intervals.filter { !known.contains($0) })
    }
}

extension SetElements {
    var isEmpty: Bool { count == 0 }
}
