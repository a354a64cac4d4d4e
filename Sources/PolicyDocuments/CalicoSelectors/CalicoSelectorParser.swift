// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Reads one selector by recursive descent: alternatives of conjunctions of conditions.
struct CalicoSelectorParser {
    private var scanner: SelectorScanner
    private let context: SelectorContext
    /// The offsets of the parentheses that are open.
    private var open: [Int] = []
    /// Where the first `global()` stands.
    private var global: Int?

    init(_ text: String, _ context: SelectorContext) {
        scanner = SelectorScanner(text)
        self.context = context
    }

    mutating func parse() throws(SelectorSyntaxError) -> Selector {
        scanner.skipBlanks()
        if scanner.next == nil { return everything }
        let selector = try alternatives()
        guard scanner.next == nil else { throw unexpected(after: "a condition") }
        if let global, selector != Self.global {
            throw error(
                at: global, "global() is joined with other conditions",
                remedy: "give it a rule of its own")
        }
        return selector
    }

    /// What stands in no namespace is asked as if it stood in one without labels.
    private static let global = Selector.not(.has(Namespace.calicoNameLabel))

    private var everything: Selector {
        context == .endpoints ? .everything : .has(Namespace.calicoNameLabel)
    }

    private mutating func alternatives() throws(SelectorSyntaxError) -> Selector {
        var alternatives = [try conjunction()]
        while scanner.take("||") { alternatives.append(try conjunction()) }
        return .disjunction(alternatives)
    }

    private mutating func conjunction() throws(SelectorSyntaxError) -> Selector {
        var conditions = [try condition()]
        while scanner.take("&&") { conditions.append(try condition()) }
        return .conjunction(conditions)
    }

    /// One condition, perhaps negated, and the blanks behind it.
    private mutating func condition() throws(SelectorSyntaxError) -> Selector {
        var isNegated = false
        scanner.skipBlanks()
        while scanner.take("!") {
            isNegated.toggle()
            scanner.skipBlanks()
        }
        let condition = try primary()
        scanner.skipBlanks()
        return isNegated ? .negation(condition) : condition
    }

    private mutating func primary() throws(SelectorSyntaxError) -> Selector {
        let start = scanner.offset
        if scanner.isAt("(") { return try parenthesised() }
        if scanner.take("has(") { return .has(try argument(of: "has")) }
        if scanner.take("all(") {
            try close("all")
            return everything
        }
        if scanner.take("global(") {
            try close("global")
            guard context == .namespaces else {
                throw error(
                    at: start, "global() belongs in the namespaceSelector of a rule",
                    remedy: "write it there, or leave it out")
            }
            global = global ?? start
            return Self.global
        }
        let key = try label()
        scanner.skipBlanks()
        return try comparison(of: key)
    }

    private mutating func parenthesised() throws(SelectorSyntaxError) -> Selector {
        guard open.count < CalicoSelectorLimits.depth else {
            throw error(
                at: scanner.offset,
                "more than \(CalicoSelectorLimits.depth) parentheses within one another")
        }
        open.append(scanner.offset)
        _ = scanner.take("(")
        let selector = try alternatives()
        guard scanner.take(")") else {
            if scanner.next != nil { throw unexpected(after: "a condition") }
            throw error(
                at: scanner.offset,
                "the parenthesis of column \(scanner.column(of: open.last ?? 0)) is not closed",
                remedy: "close it with ')'")
        }
        open.removeLast()
        return selector
    }

    /// The label in `has(label)`, and the closing parenthesis.
    private mutating func argument(of function: String) throws(SelectorSyntaxError) -> String {
        scanner.skipBlanks()
        if scanner.isAt("'") || scanner.isAt("\"") {
            throw error(
                at: scanner.offset, "the label of \(function)() stands in quotes",
                remedy: "write it without")
        }
        let key = try label()
        try close(function)
        return key
    }

    private mutating func close(_ function: String) throws(SelectorSyntaxError) {
        scanner.skipBlanks()
        if scanner.take(")") { return }
        throw error(
            at: scanner.offset, "\(function)( is not closed", remedy: "close it with ')'")
    }

    private mutating func label() throws(SelectorSyntaxError) -> String {
        let start = scanner.offset
        let key = scanner.takeKey()
        if key.isEmpty { throw unexpected(after: nil) }
        if key.utf8.count > CalicoSelectorLimits.keyLength {
            throw error(
                at: start,
                "a label's key has more than \(CalicoSelectorLimits.keyLength) characters")
        }
        return key
    }

    private mutating func comparison(of key: String) throws(SelectorSyntaxError) -> Selector {
        if scanner.take("==") { return .membership(of: key, in: [try value()]) }
        if scanner.take("!=") { return .negation(.membership(of: key, in: [try value()])) }
        if scanner.take("contains") { return .text(of: key, .contains(try value())) }
        if scanner.take("starts", "with") { return .text(of: key, .startsWith(try value())) }
        if scanner.take("ends", "with") { return .text(of: key, .endsWith(try value())) }
        if scanner.take("not", "in") { return .negation(.membership(of: key, in: try values())) }
        if scanner.take("in") { return .membership(of: key, in: try values()) }
        throw missingComparison(of: key)
    }

    /// A text in quotes.
    private mutating func value() throws(SelectorSyntaxError) -> String {
        scanner.skipBlanks()
        let start = scanner.offset
        guard scanner.isAt("'") || scanner.isAt("\"") else {
            let word = scanner.takeKey()
            if word.isEmpty { throw unexpected(after: nil, wanted: "a value in quotes") }
            throw error(
                at: start, "the value stands without quotes", remedy: "write '\(word)'")
        }
        guard let value = scanner.takeQuoted() else {
            throw error(at: start, "the quote is not closed", remedy: "close it with the same")
        }
        return value
    }

    /// Texts in quotes, in braces; the last may be followed by a comma.
    private mutating func values() throws(SelectorSyntaxError) -> [String] {
        scanner.skipBlanks()
        let start = scanner.offset
        guard scanner.take("{") else {
            throw unexpected(after: nil, wanted: "values in braces: {'a', 'b'}")
        }
        var values: [String] = []
        scanner.skipBlanks()
        while let next = scanner.next, next != UInt8(ascii: "}") {
            values.append(try value())
            scanner.skipBlanks()
            guard scanner.take(",") else { break }
            scanner.skipBlanks()
        }
        if scanner.take("}") { return values }
        if scanner.next != nil { throw unexpected(after: nil, wanted: "',' or '}'") }
        throw error(
            at: scanner.offset, "the brace of column \(scanner.column(of: start)) is not closed",
            remedy: "close it with '}'")
    }
}

extension CalicoSelectorParser {
    private func error(
        at offset: Int, _ message: String, remedy: String? = nil
    ) -> SelectorSyntaxError {
        SelectorSyntaxError(
            column: scanner.column(of: offset), message: message, remedy: remedy)
    }

    private func missingComparison(of key: String) -> SelectorSyntaxError {
        if scanner.isAt("=") {
            return error(at: scanner.offset, "a single '='", remedy: "write ==")
        }
        if scanner.isAt("(") {
            return error(
                at: scanner.offset, "there is no function \(MessageText.visible(key))",
                remedy: "the functions are has(label), all() and global(), without a blank inside")
        }
        if scanner.next == nil || scanner.isAt("&&") || scanner.isAt("||") || scanner.isAt(")") {
            return error(
                at: scanner.offset, "nothing is said of the label \(MessageText.visible(key))",
                remedy: "write has(\(MessageText.visible(key))) if any value will do")
        }
        return unexpected(
            after: nil,
            wanted: "==, !=, in, not in, contains, starts with or ends with")
    }

    /// What comes next is not what should.
    private func unexpected(after part: String?, wanted: String? = nil) -> SelectorSyntaxError {
        let offset = scanner.offset
        guard let character = scanner.nextCharacter else {
            return error(
                at: offset, "the selector ends where \(wanted ?? "a condition") should stand")
        }
        switch character {
        case "\n", "\r":
            return error(
                at: offset, "a line break stands between the parts",
                remedy: "write the selector on one line")
        case "&", "|":
            let twice = "\(character)\(character)"
            if scanner.isAt("&&") || scanner.isAt("||") { break }
            return error(at: offset, "a single '\(character)'", remedy: "write \(twice)")
        case ")" where open.isEmpty:
            return error(at: offset, "a ')' without its '('", remedy: "leave it out")
        case "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}":
            return error(
                at: offset, "a typographic quote", remedy: "write ' or \"")
        default: break
        }
        let found = MessageText.quoted(String(Character(character)))
        if let part {
            return error(
                at: offset, "\(found) stands after \(part)", remedy: "join conditions with && or ||"
            )
        }
        return error(
            at: offset, "\(found) stands where \(wanted ?? "a condition") should")
    }
}
