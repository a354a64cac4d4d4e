// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import RulesetDiff

/// What messages can hold. The kernel would refuse more, or would be told something else.
enum EncodingLimit {
    /// Room for a rule of ``Netfilter/maximumExpressions`` expressions, of which the longest holds
    /// a name or two values.
    static let ruleMessage = 1024 + Netfilter.maximumExpressions * 512

    /// Why the operation cannot be written; nil if it can.
    static func violation(_ operation: Operation) -> String? {
        switch operation {
        case .addTable(let name, let comment):
            return violation(name: name) ?? violation(comment: comment)
        case .deleteTable(let name), .deleteChain(let name), .deleteSet(let name):
            return violation(name: name)
        case .addChain(let chain):
            return violation(name: chain.name) ?? violation(comment: chain.comment)
                ?? chain.base.flatMap { violation(name: $0.type) }
        case .addSet(let set):
            return violation(name: set.name) ?? violation(comment: set.comment)
                ?? violation(header: set)
        case .addElements(let elements, let set), .deleteElements(let elements, let set):
            return violation(name: set.name) ?? violation(header: set)
                ?? violation(elements: elements, of: set)
        case .appendRule(let rule, let chain), .insertRule(let rule, let chain, _),
            .replaceRule(let rule, let chain, _):
            return violation(name: chain) ?? violation(rule: rule)
        case .deleteRule(let chain, _):
            return violation(name: chain)
        }
    }

    /// Why no message can name the object so; nil if it can.
    static func violation(name: String) -> String? {
        if name.isEmpty { return "a name is empty" }
        if name.utf8.count > Netfilter.maximumNameLength {
            return "the name \(name) is longer than \(Netfilter.maximumNameLength) bytes"
        }
        return name.utf8.contains(0) ? "the name \(name) contains a zero byte" : nil
    }

    private static func violation(comment: String?) -> String? {
        guard let comment else { return nil }
        if comment.utf8.count > Comment.maximumLength {
            return "the comment \"\(comment)\" is longer than \(Comment.maximumLength) bytes"
        }
        return comment.utf8.contains(0) ? "the comment \"\(comment)\" contains a zero byte" : nil
    }

    private static func violation(header set: NamedSet) -> String? {
        if set.key.isEmpty { return "the set's key has no type that is known here" }
        if FieldType.keyLength(set.key) > Netfilter.maximumValueLength {
            return "the set's key is longer than \(Netfilter.maximumValueLength) bytes"
        }
        return set.foreignFlags == 0 ? nil : "the set has flags that are not written"
    }

    private static func violation(elements: SetElements, of set: NamedSet) -> String? {
        let isFitting =
            switch elements {
            case .ipv4: set.key == [.ipv4Address] && !set.isInterval && !set.isVerdictMap
            case .ipv6: set.key == [.ipv6Address] && !set.isInterval && !set.isVerdictMap
            case .ipv4Intervals: set.key == [.ipv4Address] && set.isInterval && !set.isVerdictMap
            case .ipv6Intervals: set.key == [.ipv6Address] && set.isInterval && !set.isVerdictMap
            case .entries: true
            }
        guard isFitting else { return "the elements are not of the set's kind" }
        guard case .entries(let entries) = elements else { return nil }
        let length = FieldType.keyLength(set.key)
        for entry in entries {
            if entry.key.count != length && !entry.key.isEmpty
                || entry.keyEnd.map({ $0.count != entry.key.count }) == true
            {
                return "an element's key does not have the set's \(length) bytes"
            }
            if let chain = entry.verdict?.chain, let violation = violation(name: chain) {
                return violation
            }
            if let violation = violation(comment: entry.comment) { return violation }
        }
        return nil
    }

    private static func violation(rule: Rule) -> String? {
        if rule.expressions.count > Netfilter.maximumExpressions {
            return "the rule has more than \(Netfilter.maximumExpressions) expressions"
        }
        for expression in rule.expressions {
            if let violation = violation(expression: expression) { return violation }
        }
        return violation(comment: rule.comment)
    }

    private static func violation(expression: Expression) -> String? {
        switch expression {
        case .notrack:
            return nil
        case .compare(_, _, let data):
            return violation(value: data)
        case .bitwise(_, let mask, let xor):
            return mask.count == xor.count
                ? violation(value: mask) : "a mask and its xor value differ in length"
        case .lookup(let set, _, _), .verdictLookup(let set, _):
            return violation(name: set)
        case .verdict(let verdict):
            return verdict.chain.flatMap { violation(name: $0) }
        case .log(let prefix):
            return prefix.utf8.count <= Netfilter.maximumLogPrefixLength && !prefix.utf8.contains(0)
                ? nil : "a log prefix is longer than \(Netfilter.maximumLogPrefixLength) bytes"
        case .unknown(let name, _):
            return "the expression \(name) is unknown here and cannot be written"
        case .meta, .payload, .conntrackState, .originalDestination, .fibSourceType, .counter,
            .reject:
            return nil
        }
    }

    private static func violation(value: [UInt8]) -> String? {
        (1...Netfilter.maximumValueLength).contains(value.count)
            ? nil : "a value has \(value.count) bytes"
    }
}
