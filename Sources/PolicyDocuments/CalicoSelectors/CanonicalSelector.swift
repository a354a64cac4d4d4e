// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Selectors in canonical form: the same for what differs only in parentheses, in the order and
/// repetition of values, or in conditions that always or never hold.
extension Selector {
    /// The canonical selector of the same meaning: `all` within `all` and `any` within `any` are one
    /// list, lists of one are their only element, values ascend and come once, and what holds always
    /// is ``everything``, what never holds `any([])`. Conditions keep their order.
    public var canonical: Selector {
        switch self {
        case .everything, .has: self
        case .isOneOf(let key, let values): .membership(of: key, in: values)
        case .isText(let key, let match): .text(of: key, match)
        case .not(let operand): .negation(operand.canonical)
        case .all(let operands): .conjunction(operands.map(\.canonical))
        case .any(let operands): .disjunction(operands.map(\.canonical))
        }
    }

    private static var nothing: Selector { .any([]) }

    static func membership(of key: String, in values: [String]) -> Selector {
        values.isEmpty ? nothing : .isOneOf(key: key, values: Set(values).sorted())
    }

    /// An empty part is in every text.
    static func text(of key: String, _ match: TextMatch) -> Selector {
        switch match {
        case .contains(""), .startsWith(""), .endsWith(""): .has(key)
        default: .isText(key: key, match)
        }
    }

    /// The negation of a canonical selector.
    static func negation(_ operand: Selector) -> Selector {
        switch operand {
        case .everything: nothing
        case nothing: .everything
        case .not(let inner): inner
        default: .not(operand)
        }
    }

    /// The conjunction of canonical selectors.
    static func conjunction(_ operands: [Selector]) -> Selector {
        if operands.count == 1 { return operands[0] }
        var conditions: [Selector] = []
        for operand in operands {
            switch operand {
            case nothing: return nothing
            case .everything: break
            case .all(let inner): conditions += inner
            default: conditions.append(operand)
            }
        }
        switch conditions.count {
        case 0: return .everything
        case 1: return conditions[0]
        default: return .all(conditions)
        }
    }

    /// The disjunction of canonical selectors.
    static func disjunction(_ operands: [Selector]) -> Selector {
        if operands.count == 1 { return operands[0] }
        var alternatives: [Selector] = []
        for operand in operands {
            switch operand {
            case .everything: return .everything
            case .any(let inner): alternatives += inner
            default: alternatives.append(operand)
            }
        }
        return alternatives.count == 1 ? alternatives[0] : .any(alternatives)
    }
}
