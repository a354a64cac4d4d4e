// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Where a selector stands on a ``SelectorShelf``.
struct SelectorFiling {
    /// The selector holds for things that show none of the features.
    var isStanding: Bool
    /// The features under which it is filed; nil if every thing must ask it.
    var features: [NumberedFeature]?
}

/// Selectors, by number, under the features of things that decide them.
struct SelectorShelf {
    /// The selectors under one feature.
    private struct Place {
        /// Those under no other.
        var alone: Set<Int32> = []
        /// Those under others besides, which a thing may meet twice.
        var shared: Set<Int32> = []
        var count: Int { alone.count + shared.count }
    }

    private var byFeature: [NumberedFeature: Place] = [:]
    /// Those that every thing must ask.
    private var always: Set<Int32> = []
    /// Those that hold for things which show none of their features.
    private(set) var standing: Set<Int32> = []

    var isEmpty: Bool { byFeature.isEmpty && always.isEmpty && standing.isEmpty }

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
                    isStanding: !verdict, features: demand.compactMap(vocabulary.number))
            }
        }
        return SelectorFiling(isStanding: false, features: nil)
    }

    /// The selectors whose answer the labels of a thing may decide, each once.
    func concerned(_ words: [LabelWords.Label]) -> [Int32] {
        var numbers = Array(always)
        var met: Set<Int32> = []
        func collect(_ feature: NumberedFeature) {
            guard let found = byFeature[feature] else { return }
            numbers += found.alone
            for number in found.shared where met.insert(number).inserted {
                numbers.append(number)
            }
        }
        for (position, word) in words.enumerated() {
            // A change of labels shows the same word before and after.
            if words[..<position].contains(where: { $0.key == word.key }) {
                if words[..<position].contains(where: {
                    $0.key == word.key && $0.value == word.value
                }) {
                    continue
                }
            } else {
                collect(NumberedFeature(key: word.key))
            }
            if word.value != LabelVocabulary.unspoken {
                collect(NumberedFeature(key: word.key, value: word.value))
            }
        }
        return numbers
    }
}
