// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Selector {
    /// The canonical form in Calico's language, the same for selectors of the same canonical form;
    /// reading it gives ``canonical`` again. Nil where the language cannot say it.
    ///
    /// Values stand in single quotes, those that hold one in double quotes; for a value that holds
    /// both kinds there is no way to write it, nor for a key outside the language's characters.
    public var calicoText: String? { canonical.text }

    private var text: String? {
        switch self {
        case .everything: return "all()"
        case .has(let key): return key.asKey.map { "has(\($0))" }
        case .isOneOf(let key, let values): return Self.membership(key, "==", "in", values)
        case .isText(let key, let match): return key.asKey.flatMap { match.text(of: $0) }
        case .not(.isOneOf(let key, let values)):
            return Self.membership(key, "!=", "not in", values)
        case .not(let operand):
            if case .has = operand { return operand.text.map { "!\($0)" } }
            return operand.text.map { "!(\($0))" }
        case .all(let operands): return Self.joined(operands, " && ")
        case .any([]): return "!all()"
        case .any(let operands): return Self.joined(operands, " || ")
        }
    }

    private static func membership(
        _ key: String, _ one: String, _ several: String, _ values: [String]
    ) -> String? {
        guard let key = key.asKey else { return nil }
        let quoted = values.compactMap(\.quoted)
        guard quoted.count == values.count else { return nil }
        if quoted.count == 1 { return "\(key) \(one) \(quoted[0])" }
        return "\(key) \(several) {\(quoted.joined(separator: ", "))}"
    }

    /// Lists within lists stand in parentheses, so that nobody need know which binds closer.
    private static func joined(_ operands: [Selector], _ separator: String) -> String? {
        let texts = operands.compactMap { operand -> String? in
            switch operand {
            case .all, .any: operand.text.map { "(\($0))" }
            default: operand.text
            }
        }
        return texts.count == operands.count ? texts.joined(separator: separator) : nil
    }
}

extension TextMatch {
    fileprivate func text(of key: String) -> String? {
        switch self {
        case .contains(let part): part.quoted.map { "\(key) contains \($0)" }
        case .startsWith(let part): part.quoted.map { "\(key) starts with \($0)" }
        case .endsWith(let part): part.quoted.map { "\(key) ends with \($0)" }
        }
    }
}

extension String {
    /// The text itself if it can be a label's key.
    fileprivate var asKey: String? {
        let isKey =
            !isEmpty && utf8.count <= CalicoSelectorLimits.keyLength
            && utf8.allSatisfy(SelectorScanner.isOfKey)
        return isKey ? self : nil
    }

    /// The text in quotes of a kind that it does not hold.
    fileprivate var quoted: String? {
        if !utf8.contains(UInt8(ascii: "'")) { return "'\(self)'" }
        return utf8.contains(UInt8(ascii: "\"")) ? nil : "\"\(self)\""
    }
}
