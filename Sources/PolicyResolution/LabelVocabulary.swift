// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The labels that selectors speak of, as small integers.
struct LabelVocabulary {
    private var keys: [String: Int32] = [:]
    /// The values of each key.
    private var values: [[String: Int32]] = []

    /// The number of every value of which no selector speaks.
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
    func words(_ labels: [String: String]) -> LabelWords {
        var words = LabelWords()
        words.labels.reserveCapacity(labels.count)
        words.texts.reserveCapacity(labels.count)
        for (key, value) in labels {
            guard let number = keys[key] else { continue }
            let valueNumber = values[Int(number)][value] ?? Self.unspoken
            words.labels.append(.init(key: number, value: valueNumber))
            words.texts.append(value)
        }
        return words
    }
}

/// The labels of a thing in the numbers of a ``LabelVocabulary``.
struct LabelWords {
    /// A label.
    struct Label {
        var key: Int32
        /// ``LabelVocabulary/unspoken`` for a value of which no selector speaks.
        var value: Int32
    }

    var labels: [Label] = []
    /// The value of each label, for conditions on the text.
    var texts: [String] = []
}

extension LabelWords {
    /// All that the labels show, each once.
    var features: [NumberedFeature] {
        var features: [NumberedFeature] = []
        features.reserveCapacity(2 * labels.count)
        for label in labels { label.addFeatures(to: &features) }
        return features
    }
}

extension LabelWords.Label {
    /// Adds what the label shows: its key with any value, and with its own where it is spoken of.
    func addFeatures(to features: inout [NumberedFeature]) {
        features.append(NumberedFeature(key: key))
        addPair(to: &features)
    }

    /// Adds the key with its value where it is spoken of.
    func addPair(to features: inout [NumberedFeature]) {
        if value != LabelVocabulary.unspoken {
            features.append(NumberedFeature(key: key, value: value))
        }
    }
}

/// A ``LabelFeature`` in the numbers of a ``LabelVocabulary``.
struct NumberedFeature: Hashable {
    var key: Int32
    /// Nil for any value.
    var value: Int32?
}
