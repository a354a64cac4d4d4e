// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The labels that selectors speak of, as small integers.
struct LabelVocabulary {
    private var keys: [String: Int32] = [:]
    /// The values of each key.
    private var values: [[String: Int32]] = []

    /// A label of a thing, as far as selectors speak of it.
    struct Word {
        var key: Int32
        /// ``unspoken`` for a value of which no selector speaks.
        var value: Int32
        /// For conditions on the text.
        var text: String
    }

    static let unspoken: Int32 = -1

    /// The number of a key, which is new where nobody spoke of it.
    mutating func number(ofKey key: String) -> Int32 {
        if let number = keys[key] { return number }
        let number = Int32(values.count)
        keys[key] = number
        values.append([:])
        return number
    }

    /// The number of one of a key's values, which is new where nobody spoke of it.
    mutating func number(of value: String, ofKey key: Int32) -> Int32 {
        if let number = values[Int(key)][value] { return number }
        let number = Int32(values[Int(key)].count)
        values[Int(key)][value] = number
        return number
    }

    /// The numbers of a feature; nil where nobody spoke of it.
    func number(of feature: LabelFeature) -> NumberedFeature? {
        switch feature {
        case .key(let key): return keys[key].map { NumberedFeature(key: $0) }
        case .pair(let pair):
            guard let key = keys[pair.key], let value = values[Int(key)][pair.value] else {
                return nil
            }
            return NumberedFeature(key: key, value: value)
        }
    }

    /// The labels of a thing, without those whose keys no selector speaks of.
    func words(_ labels: [String: String]) -> [Word] {
        var words: [Word] = []
        words.reserveCapacity(labels.count)
        for (key, value) in labels {
            guard let number = keys[key] else { continue }
            let valueNumber = values[Int(number)][value] ?? Self.unspoken
            words.append(Word(key: number, value: valueNumber, text: value))
        }
        return words
    }
}

/// A ``LabelFeature`` in the numbers of a ``LabelVocabulary``.
struct NumberedFeature: Hashable {
    var key: Int32
    /// Nil for any value.
    var value: Int32?
}
