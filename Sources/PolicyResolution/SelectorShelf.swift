// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Where a selector stands on a ``SelectorShelf``.
struct SelectorFiling {
    /// The selector holds for things that show none of the features.
    var isStanding: Bool
    /// The features under which it is filed, each once; nil if every thing must ask it.
    var features: [NumberedFeature]?
}

/// Selectors, by number, under the features of things that decide them.
struct SelectorShelf {
    /// The selectors under one feature.
    private struct Place {
        /// Those under no other.
        var alone = AscendingNumbers()
        /// Those under others besides, which a thing may meet twice.
        var shared = AscendingNumbers()
        var count: Int { alone.values.count + shared.values.count }
    }

    private var byFeature: [NumberedFeature: Place] = [:]
    /// Those that every thing must ask.
    private var always = AscendingNumbers()
    /// Those that hold for things which show none of their features.
    private(set) var standing: Set<Int32> = []

    var isEmpty: Bool { byFeature.isEmpty && always.values.isEmpty && standing.isEmpty }

    /// - Parameter vocabulary: knows the labels that the selector speaks of.
    mutating func insert(
        _ number: Int32, _ selector: Selector, _ vocabulary: LabelVocabulary
    ) -> SelectorFiling {
        let filing = filing(of: selector, vocabulary)
        if filing.isStanding { standing.insert(number) }
        guard let features = filing.features else {
            always.insert(number)
            return filing
        }
        for feature in features {
            if features.count > 1 {
                byFeature[feature, default: Place()].shared.insert(number)
            } else {
                byFeature[feature, default: Place()].alone.insert(number)
            }
        }
        return filing
    }

    mutating func remove(_ number: Int32, _ filing: SelectorFiling) {
        standing.remove(number)
        always.remove(number)
        for feature in filing.features ?? [] {
            byFeature[feature]?.alone.remove(number)
            byFeature[feature]?.shared.remove(number)
            if byFeature[feature]?.count == 0 { byFeature[feature] = nil }
        }
    }

    /// Among features that would do, those that fewest selectors stand under are taken.
    private func filing(of selector: Selector, _ vocabulary: LabelVocabulary) -> SelectorFiling {
        func weight(_ feature: LabelFeature) -> Int {
            vocabulary.number(of: feature).flatMap { byFeature[$0]?.count } ?? 0
        }
        for verdict in [true, false] {
            if let demand = selector.demand(for: verdict, weight: weight) {
                return SelectorFiling(
                    isStanding: !verdict,
                    features: Array(Set(demand.compactMap(vocabulary.number))))
            }
        }
        return SelectorFiling(isStanding: false, features: nil)
    }

    /// The selectors whose answer things decide that show these features, each once.
    ///
    /// - Parameter features: each once.
    func concerned(by features: [NumberedFeature]) -> [Int32] {
        var numbers = always.values
        var shared: [Int32] = []
        for feature in features {
            guard let place = byFeature[feature] else { continue }
            numbers += place.alone.values
            shared += place.shared.values
        }
        // Few stand here: to sort them takes less time than to hash them.
        shared.sort()
        for (position, number) in shared.enumerated()
        where position == 0 || shared[position - 1] != number {
            numbers.append(number)
        }
        return numbers
    }
}
