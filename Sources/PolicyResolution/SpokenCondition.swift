// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// A selector over a ``LabelVocabulary``.
indirect enum SpokenCondition {
    case always
    case has(Int32)
    case isValue(key: Int32, Int32)
    case isOneOf(key: Int32, [Int32])
    case isText(key: Int32, TextMatch)
    /// On labels that may come from elsewhere than a thing's own.
    case virtual(Selector)
    case not(SpokenCondition)
    case all([SpokenCondition])
    case any([SpokenCondition])

    init(_ selector: Selector, _ vocabulary: inout LabelVocabulary) {
        switch selector {
        case .everything: self = .always
        case .has(let key), .isOneOf(let key, _), .isText(let key, _):
            if Selector.isVirtual(key) {
                self = .virtual(selector)
            } else {
                self.init(selector, key: vocabulary.number(ofKey: key), &vocabulary)
            }
        case .not(let operand): self = .not(SpokenCondition(operand, &vocabulary))
        case .all(let operands): self = .all(operands.map { SpokenCondition($0, &vocabulary) })
        case .any(let operands): self = .any(operands.map { SpokenCondition($0, &vocabulary) })
        }
    }

    /// A condition on one label.
    private init(_ selector: Selector, key: Int32, _ vocabulary: inout LabelVocabulary) {
        switch selector {
        case .isOneOf(_, let values):
            let numbers = Set(values).map { vocabulary.number(of: $0, ofKey: key) }
            self = numbers.count == 1 ? .isValue(key: key, numbers[0]) : .isOneOf(key: key, numbers)
        case .isText(_, let match): self = .isText(key: key, match)
        default: self = .has(key)
        }
    }

    /// Whether it holds for a thing whose own labels are these words.
    func holds(_ words: LabelWords, _ target: SelectorTarget) -> Bool {
        switch self {
        case .always: true
        case .has(let key): words.labels.contains { $0.key == key }
        case .isValue(let key, let value):
            words.labels.contains { $0.key == key && $0.value == value }
        case .isOneOf(let key, let values):
            words.labels.contains { $0.key == key && values.contains($0.value) }
        case .isText(let key, let match):
            words.labels.firstIndex { $0.key == key }
                .map { match.holds(words.texts[$0]) } ?? false
        case .virtual(let selector): selector.matches { target[$0] }
        case .not(let operand): !operand.holds(words, target)
        case .all(let operands): operands.allSatisfy { $0.holds(words, target) }
        case .any(let operands): operands.contains { $0.holds(words, target) }
        }
    }
}
