// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Draws conditions on labels.
struct SelectorGenerator {
    var random: SeededGenerator
    let style: WorldGenerator.Style

    /// A condition on these labels.
    ///
    /// In the Kubernetes style it is in the form of a `LabelSelector`: everything, one requirement,
    /// or all of several, those of `matchLabels` first and in order of their keys.
    mutating func selector(_ choices: [Vocabulary.LabelChoice]) -> Selector {
        if style == .tiered, random.chance(15) { return composite(choices) }
        let count = random.pick(weighted: [0: 20, 1: 60, 2: 20])
        let keys = random.some(count, of: choices)
        let equal = keys.filter { _ in random.chance(45) }.map(\.key)
        let requirements =
            keys.filter { equal.contains($0.key) }
            .map { Selector.isOneOf(key: $0.key, values: [random.pick($0.values)]) }
            + keys.filter { !equal.contains($0.key) }.map { expression($0) }
        switch requirements.count {
        case 0: return .everything
        case 1: return requirements[0]
        default: return .all(requirements)
        }
    }

    /// One requirement of the kinds that `matchExpressions` has.
    private mutating func expression(_ choice: Vocabulary.LabelChoice) -> Selector {
        let count = random.number(in: 1...2)
        let values = random.some(count, of: choice.values)
        return random.pick(weighted: [
            .isOneOf(key: choice.key, values: values): 35,
            .not(.isOneOf(key: choice.key, values: values)): 35,
            .has(choice.key): 15, .not(.has(choice.key)): 15,
        ])
    }

    /// What other APIs' selectors can say: alternatives, negated groups, and the empty lists.
    private mutating func composite(_ choices: [Vocabulary.LabelChoice]) -> Selector {
        let left = expression(random.pick(choices))
        let right = expression(random.pick(choices))
        return random.pick(weighted: [
            .any([left, right]): 40, .not(.all([left, right])): 20, .not(.any([left, right])): 20,
            .all([]): 5, .any([]): 5, .isOneOf(key: "app", values: []): 5, .not(.everything): 5,
        ])
    }
}
