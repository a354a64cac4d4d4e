// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Selectors over a ``LabelVocabulary``.
///
/// All of them lie in one list, each part of a selector before what is below it: to ask one goes
/// over some integers that stand side by side, and from one object to the next nowhere. What is
/// replaced stays until the list is made anew.
struct SpokenConditions {
    private var steps: [Step] = []
    private var values: [Int32] = []
    private var texts: [TextMatch] = []
    private var virtuals: [Selector] = []

    private enum Kind: UInt8 {
        case always, has, isValue, isOneOf, isText, virtual, not, all, any
    }

    private struct Step {
        var kind: Kind
        var key: Int32 = 0
        /// The number of the only value; else where values begin, or where a text or a virtual
        /// condition stands.
        var place: Int32 = 0
        /// How many values there are.
        var count: Int32 = 0
        /// The position behind all that is below this step.
        var end: Int32 = 0
    }

    /// Takes a selector.
    ///
    /// - Returns: its position.
    mutating func append(_ selector: Selector, _ vocabulary: inout LabelVocabulary) -> Int32 {
        let position = steps.count
        steps.append(Step(kind: .always))
        fill(position, selector, &vocabulary)
        steps[position].end = Int32(steps.count)
        return Int32(position)
    }

    private mutating func fill(
        _ position: Int, _ selector: Selector, _ vocabulary: inout LabelVocabulary
    ) {
        switch selector {
        case .everything: break
        case .has(let key), .isOneOf(let key, _), .isText(let key, _):
            if Selector.isVirtual(key) {
                steps[position] = Step(kind: .virtual, place: Int32(virtuals.count))
                virtuals.append(selector)
            } else {
                let key = vocabulary.number(ofKey: key)
                steps[position] = step(selector, key: key, &vocabulary)
            }
        case .not(let operand):
            steps[position].kind = .not
            _ = append(operand, &vocabulary)
        case .all(let operands):
            steps[position].kind = .all
            for operand in operands { _ = append(operand, &vocabulary) }
        case .any(let operands):
            steps[position].kind = .any
            for operand in operands { _ = append(operand, &vocabulary) }
        }
    }

    /// A condition on one label.
    private mutating func step(
        _ selector: Selector, key: Int32, _ vocabulary: inout LabelVocabulary
    ) -> Step {
        switch selector {
        case .isOneOf(_, let texts):
            let numbers = Set(texts).map { vocabulary.number(of: $0, ofKey: key) }
            if numbers.count == 1 { return Step(kind: .isValue, key: key, place: numbers[0]) }
            let place = Int32(values.count)
            values += numbers
            return Step(kind: .isOneOf, key: key, place: place, count: Int32(numbers.count))
        case .isText(_, let match):
            texts.append(match)
            return Step(kind: .isText, key: key, place: Int32(texts.count - 1))
        default: return Step(kind: .has, key: key)
        }
    }

    /// Whether the selector at a position holds for a thing whose own labels are these words.
    func holds(_ position: Int32, _ words: LabelWords, _ target: SelectorTarget) -> Bool {
        let step = steps[Int(position)]
        switch step.kind {
        case .always: return true
        case .virtual: return virtuals[Int(step.place)].matches { target[$0] }
        case .not: return !holds(position + 1, words, target)
        case .all, .any:
            let isAny = step.kind == .any
            var next = position + 1
            while next < step.end {
                if holds(next, words, target) == isAny { return isAny }
                next = steps[Int(next)].end
            }
            return !isAny
        case .has, .isValue, .isOneOf, .isText:
            for position in words.labels.indices where words.labels[position].key == step.key {
                return holds(step, of: words, at: position)
            }
            return false
        }
    }

    private func holds(_ step: Step, of words: LabelWords, at position: Int) -> Bool {
        let value = words.labels[position].value
        switch step.kind {
        case .isValue: return value == step.place
        case .isOneOf:
            return values[Int(step.place)..<Int(step.place + step.count)].contains(value)
        case .isText: return texts[Int(step.place)].holds(words.texts[position])
        default: return true
        }
    }

    /// The keys of the labels that the selector at a position asks for.
    func keys(of position: Int32) -> SpokenKeys {
        var keys = SpokenKeys()
        for step in steps[Int(position)..<Int(steps[Int(position)].end)] {
            switch step.kind {
            case .has, .isValue, .isOneOf, .isText: keys.insert(step.key)
            case .virtual: keys.insertVirtual()
            case .always, .not, .all, .any: break
            }
        }
        return keys
    }
}
