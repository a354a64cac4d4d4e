// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The labels and values that selectors ask for. All others are alike to them.
struct LabelSight: Sendable {
    private var values: [String: Set<String>] = [:]
    /// Labels of which selectors ask for parts of the value: every two values may differ.
    private var texts: Set<String> = []

    init(_ selectors: some Sequence<Selector>) { for selector in selectors { add(selector) } }

    private mutating func add(_ selector: Selector) {
        switch selector {
        case .everything: break
        case .has(let key): values[key, default: []].formUnion([])
        case .isOneOf(let key, let values): self.values[key, default: []].formUnion(values)
        case .isText(let key, _): texts.insert(key)
        case .not(let operand): add(operand)
        case .all(let operands), .any(let operands): for operand in operands { add(operand) }
        }
    }

    /// The labels that are asked for.
    var keys: Set<String> { texts.union(values.keys) }

    /// What the selectors see of labels: nil stands for any value that none asks for.
    func view(of labels: [String: String]) -> [String: String?] {
        var seen: [String: String?] = [:]
        for (key, value) in labels {
            if texts.contains(key) {
                seen.updateValue(value, forKey: key)
            } else if let values = values[key] {
                seen.updateValue(values.contains(value) ? value : nil, forKey: key)
            }
        }
        return seen
    }
}
