// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Draws conditions of Calico's selector language.
struct CalicoSelectorGenerator {
    private var random: SeededGenerator
    private let virtual: [Vocabulary.LabelChoice]

    init(random: SeededGenerator, namespaces: [String]) {
        self.random = random
        virtual = CalicoVocabulary.virtualLabels(namespaces)
    }

    /// A condition on an endpoint's labels, those that Calico gives it among them.
    mutating func selector() -> Selector {
        selector(random.chance(75) ? Vocabulary.podLabels : virtual, depth: 2)
    }

    /// A condition on the labels of namespaces or accounts.
    mutating func selector(_ choices: [Vocabulary.LabelChoice]) -> Selector {
        selector(choices, depth: 1)
    }

    private mutating func selector(
        _ choices: [Vocabulary.LabelChoice], depth: Int
    ) -> Selector {
        if random.chance(12) { return .everything }
        if depth == 0 || random.chance(70) { return leaf(choices) }
        let operands = (0..<random.number(in: 2...3)).map { _ in
            selector(random.chance(80) ? choices : Vocabulary.podLabels, depth: depth - 1)
        }
        return random.pick(weighted: [
            .any(operands): 40, .all(operands): 25, .not(.all(operands)): 15,
            .not(.any(operands)): 15, .not(.not(operands[0])): 5,
        ])
    }

    private mutating func leaf(_ choices: [Vocabulary.LabelChoice]) -> Selector {
        let choice = random.pick(choices)
        let values = random.some(random.number(in: 1...2), of: choice.values)
        let text = self.text(of: random.pick(choice.values))
        return random.pick(weighted: [
            .isOneOf(key: choice.key, values: values): 40,
            .not(.isOneOf(key: choice.key, values: values)): 20,
            .has(choice.key): 12, .not(.has(choice.key)): 8,
            .isText(key: choice.key, text): 16, .not(.isText(key: choice.key, text)): 2,
            .isOneOf(key: choice.key, values: []): 2,
        ])
    }

    /// A condition that this value meets, and perhaps others.
    private mutating func text(of value: String) -> TextMatch {
        let length = random.number(in: 0...2)
        return random.pick([
            .contains(String(value.dropFirst().prefix(length))),
            .startsWith(String(value.prefix(length))), .endsWith(String(value.suffix(length))),
        ])
    }
}
