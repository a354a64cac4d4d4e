// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension YAMLWriter {
    /// A field of the type `LabelSelector`.
    mutating func selector(_ field: String, _ selector: Selector) {
        let requirements =
            switch selector {
            case .everything: [Selector]()
            case .all(let operands): operands
            default: [selector]
            }
        if requirements.isEmpty { return literal(field, "{}") }
        let labels = leadingLabels(requirements)
        let expressions = requirements.dropFirst(labels.count)
        block(field) {
            if !labels.isEmpty {
                $0.block("matchLabels") {
                    for label in labels { $0.entry(label.key, label.value) }
                }
            }
            if !expressions.isEmpty {
                $0.list("matchExpressions", Array(expressions)) { $0.requirement($1) }
            }
        }
    }

    /// The requirements that can be `matchLabels` without changing the order of the whole: those
    /// of one value at its beginning, while their keys ascend.
    private func leadingLabels(_ requirements: [Selector]) -> [(key: String, value: String)] {
        var labels: [(key: String, value: String)] = []
        for requirement in requirements {
            guard case .isOneOf(let key, let values) = requirement, values.count == 1,
                labels.last.map({ $0.key < key }) ?? true
            else { break }
            labels.append((key, values[0]))
        }
        return labels
    }

    private mutating func requirement(_ requirement: Selector) {
        switch requirement {
        case .has(let key): expression(key, "Exists")
        case .not(.has(let key)): expression(key, "DoesNotExist")
        case .isOneOf(let key, let values) where !values.isEmpty: expression(key, "In", values)
        case .not(.isOneOf(let key, let values)) where !values.isEmpty:
            expression(key, "NotIn", values)
        default: preconditionFailure("no LabelSelector says \(requirement)")
        }
    }

    private mutating func expression(
        _ key: String, _ operation: String, _ values: [String] = []
    ) {
        entry("key", key)
        literal("operator", operation)
        if !values.isEmpty { items("values", values) }
    }
}
