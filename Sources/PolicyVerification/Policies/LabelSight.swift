// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The labels and values that selectors ask for. All others are alike to them.
struct LabelSight: Sendable {
    private var values: [String: Set<String>] = [:]

    init(_ selectors: some Sequence<Selector>) { for selector in selectors { add(selector) } }

    private mutating func add(_ selector: Selector) {
        switch selector {
        case .everything: break
        case .has(let key): values[key, default: []].formUnion([])
        case .isOneOf(let key, let values): self.values[key, default: []].formUnion(values)
        case .isText(let key, _): values[key, default: []].formUnion([])
        case .not(let operand): add(operand)
        case .all(let operands), .any(let operands): for operand in operands { add(operand) }
        }
    }

    /// What the selectors see of labels: nil stands for any value that none asks for.
    func view(of labels: [String: String]) -> [String: String?] {
        var seen: [String: String?] = [:]
        for (key, value) in labels {
            guard let values = values[key] else { continue }
            seen.updateValue(values.contains(value) ? value : nil, forKey: key)
        }
        return seen
    }
}
