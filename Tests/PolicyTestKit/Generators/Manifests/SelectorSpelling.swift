// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Writes selectors in Calico's language, in all the spellings that it has (Calico's reference,
/// "Selectors": operators, precedence, quotes and blanks).
struct SelectorSpelling {
    /// What a selector is asked about.
    enum Context {
        /// Labels of endpoints or accounts: `all()` is everything.
        case labels
        /// The namespaces of the other side: `all()` and `global()` are what stands in a namespace
        /// and what does not.
        case namespaces
        /// The namespaces of the policy's own endpoints, where there is no `global()`.
        case subjects
    }

    var random: SeededGenerator

    /// A selector's text, never longer than the API allows.
    mutating func text(_ selector: Selector, _ context: Context) -> String {
        let named = Selector.has(Namespace.calicoNameLabel)
        if context != .labels, selector == named, random.chance(50) { return call("all") }
        if context == .namespaces, selector == .not(named), random.chance(50) {
            return call("global")
        }
        return blank() + alternatives(selector, context) + blank()
    }

    private mutating func alternatives(_ selector: Selector, _ context: Context) -> String {
        guard case .any(let operands) = selector, !operands.isEmpty else {
            return conjunction(selector, context)
        }
        return operands.map { conjunction($0, context) }.joined(separator: blank() + "||" + blank())
    }

    private mutating func conjunction(_ selector: Selector, _ context: Context) -> String {
        guard case .all(let operands) = selector, !operands.isEmpty else {
            return condition(selector, context)
        }
        return operands.map { condition($0, context) }.joined(separator: blank() + "&&" + blank())
    }

    private mutating func condition(_ selector: Selector, _ context: Context) -> String {
        if random.chance(8) { return "(" + alternatives(selector, context) + ")" }
        switch selector {
        case .everything, .all([]): return everything(context)
        case .any([]): return "!" + everything(context)
        case .has(let key): return "has(\(blank())\(key)\(blank()))"
        case .isOneOf(let key, let values) where values.count == 1 && random.chance(60):
            return key + blank() + "==" + blank() + quoted(values[0])
        case .isOneOf(let key, let values): return key + " in" + blank() + set(values)
        case .isText(let key, let match): return key + " " + text(match)
        case .not(let operand): return negation(operand, context)
        case .all, .any:
            return "(" + blank() + alternatives(selector, context) + blank() + ")"
        }
    }

    private mutating func negation(_ operand: Selector, _ context: Context) -> String {
        if case .isOneOf(let key, let values) = operand, random.chance(70) {
            if values.count == 1, random.chance(60) {
                return key + blank() + "!=" + blank() + quoted(values[0])
            }
            let operation = random.pick(["not in", "not in", "notin"])
            return key + " " + operation + blank() + set(values)
        }
        return "!" + blank() + condition(operand, context)
    }

    /// What holds of everything, in no namespace too.
    private mutating func everything(_ context: Context) -> String {
        if context == .labels { return call("all") }
        return "(has(\(Namespace.calicoNameLabel)) || !has(\(Namespace.calicoNameLabel)))"
    }

    private mutating func text(_ match: TextMatch) -> String {
        switch match {
        case .contains(let part): "contains" + blank() + quoted(part)
        case .startsWith(let part):
            random.pick(["starts with", "startswith"]) + blank() + quoted(part)
        case .endsWith(let part): random.pick(["ends with", "endswith"]) + blank() + quoted(part)
        }
    }

    /// Values in any order, some of them twice; the last may be followed by a comma.
    private mutating func set(_ values: [String]) -> String {
        var values = random.shuffled(values)
        if let first = values.first, random.chance(10) { values.append(first) }
        let comma = !values.isEmpty && random.chance(15) ? "," : ""
        let texts = values.map { blank() + quoted($0) }.joined(separator: blank() + ",")
        return "{" + texts + comma + blank() + "}"
    }

    private mutating func quoted(_ value: String) -> String {
        random.chance(60) ? "'\(value)'" : "\"\(value)\""
    }

    private mutating func call(_ function: String) -> String { "\(function)(\(blank()))" }

    private mutating func blank() -> String { random.pick(["", "", " ", " ", " ", "  ", "\t"]) }
}
