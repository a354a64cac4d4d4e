// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// For each label the numbers of the things that carry it, and which of them a selector can mean at
/// most.
struct LabelPostings {
    private var byKey: [String: [String: AscendingNumbers]] = [:]

    mutating func insert(_ number: Int32, _ key: String, _ value: String) {
        byKey[key, default: [:]][value, default: AscendingNumbers()].insert(number)
    }

    /// Labels that nobody carries any more are forgotten: pods bring new ones without end.
    mutating func remove(_ number: Int32, _ key: String, _ value: String) {
        byKey[key]?[value]?.remove(number)
        guard byKey[key]?[value]?.values.isEmpty ?? false else { return }
        byKey[key]?[value] = nil
        if byKey[key]?.isEmpty ?? false { byKey[key] = nil }
    }

    /// Some lists of numbers.
    struct Candidates {
        fileprivate(set) var lists: [[Int32]]
        /// No number stands in two lists.
        fileprivate(set) var areDisjoint = true

        var count: Int { lists.reduce(0) { $0 + $1.count } }

        /// Each number once.
        var numbers: [Int32] {
            if lists.count == 1 { return lists[0] }
            let all = lists.flatMap(\.self)
            return areDisjoint ? all : Array(Set(all))
        }
    }

    /// The things among which all are for which the selector holds, taken from the rarest label that
    /// it demands; nil where things without labels may be meant.
    func candidates(for selector: Selector) -> Candidates? {
        switch selector {
        case .isOneOf(let key, let values) where !VirtualLabel.isOne(key):
            guard let postings = byKey[key] else { return Candidates(lists: []) }
            let distinct = values.count == 1 ? values : Array(Set(values))
            return Candidates(lists: distinct.compactMap { postings[$0]?.values })
        case .has(let key) where !VirtualLabel.isOne(key):
            return Candidates(lists: (byKey[key] ?? [:]).values.map(\.values))
        case .isText(let key, let match) where !VirtualLabel.isOne(key):
            return Candidates(
                lists: (byKey[key] ?? [:]).lazy.filter { match.holds($0.key) }.map(\.value.values))
        case .all(let operands):
            return operands.lazy.compactMap { candidates(for: $0) }.min { $0.count < $1.count }
        case .any(let operands):
            var union = Candidates(lists: [], areDisjoint: false)
            for operand in operands {
                guard let part = candidates(for: operand) else { return nil }
                union.lists += part.lists
            }
            return union
        case .everything, .has, .isOneOf, .isText, .not: return nil
        }
    }
}
