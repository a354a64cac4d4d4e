// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The unions of sets made so far: many cells of many classes unite the same ones.
struct UnionMemo {
    private var records: [[ObjectIdentifier]: Record] = [:]

    private struct Record {
        /// Kept, so that no other object gets the identifier of one of them.
        var sets: [MatchSet]
        var union: MatchSet
    }

    /// The members of any of the sets.
    mutating func union(_ sets: [MatchSet]) -> MatchSet {
        if sets.count == 1 { return sets[0] }
        let key = sets.map(\.identifier)
        if let known = records[key] { return known.union }
        let union = MatchSet.union(sets)
        records[key] = Record(sets: sets, union: union)
        return union
    }
}
