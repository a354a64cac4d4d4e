// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Reads JSON (RFC 8259, strictly) into nodes that know their places.
///
/// One pass over the bytes. A text may hold several values one after the other, as `kubectl` and
/// `jq` print them; each is a document.
struct JSONReader {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0
    /// How many more values the document may hold.
    private var budget = DocumentNode.maximumCount

    init(_ text: SourceText) {
        bytes = text.bytes
    }

    /// The next value; nil at the end of the text.
    mutating func next() throws(SyntaxError) -> DocumentNode? {
        skipSpace()
        budget = DocumentNode.maximumCount
        return index == bytes.count ? nil : try value(depth: 1)
    }

    private var position: TextPosition {
        TextPosition(line: line, column: index - lineStart + 1)
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "\n"):
                index += 1
                line += 1
                lineStart = index
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(SyntaxError) -> DocumentNode {
        let start = position
        guard depth <= DocumentNode.maximumDepth else {
            throw SyntaxError(
                "values are nested more than \(DocumentNode.maximumDepth) deep", at: start)
        }
        budget -= 1
        guard budget >= 0 else { throw .tooManyValues(at: start) }
        let content: DocumentNode.Content
        switch index < bytes.count ? bytes[index] : 0 {
        case UInt8(ascii: "{"): content = .mapping(try object(depth: depth))
        case UInt8(ascii: "["): content = .sequence(try array(depth: depth))
        case UInt8(ascii: "\""): content = .quoted(try string())
        case UInt8(ascii: "t"): content = .plain(try word("true"))
        case UInt8(ascii: "f"): content = .plain(try word("false"))
        case UInt8(ascii: "n"): content = .plain(try word("null"))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            content = .plain(try number())
        default: throw unexpected("a value")
        }
        return DocumentNode(position: start, content: content)
    }

    private mutating func object(depth: Int) throws(SyntaxError) -> [DocumentNode.Entry] {
        index += 1
        var entries: [DocumentNode.Entry] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return entries }
        repeat {
            skipSpace()
            let place = position
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw unexpected("a key in double quotes")
            }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw unexpected("\":\"") }
            skipSpace()
            let value = try value(depth: depth + 1)
            entries.append(DocumentNode.Entry(key: key, position: place, value: value))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw unexpected("\",\" or \"}\"") }
        if let duplicate = entries.firstDuplicate { throw .duplicateKey(duplicate) }
        return entries
    }

    private mutating func array(depth: Int) throws(SyntaxError) -> [DocumentNode] {
        index += 1
        var elements: [DocumentNode] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        repeat {
            skipSpace()
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw unexpected("\",\" or \"]\"") }
        return elements
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func word(_ word: StaticString) throws(SyntaxError) -> String {
        let text = word.description
        guard bytes[index...].starts(with: text.utf8) else { throw unexpected("a value") }
        index += text.utf8.count
        return text
    }

    private mutating func number() throws(SyntaxError) -> String {
        let start = index
        _ = take(UInt8(ascii: "-"))
        let hasLeadingZero = take(UInt8(ascii: "0"))
        if !hasLeadingZero { try digits() }
        if hasLeadingZero, index < bytes.count, bytes[index] &- UInt8(ascii: "0") <= 9 {
            throw unexpected("no digit after a leading zero")
        }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            try digits()
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func digits() throws(SyntaxError) {
        let start = index
        while index < bytes.count, bytes[index] &- UInt8(ascii: "0") <= 9 { index += 1 }
        if index == start { throw unexpected("a digit") }
    }

    private mutating func string() throws(SyntaxError) -> String {
        index += 1
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                defer { index += 1 }
                return String(decoding: bytes[start..<index], as: UTF8.self)
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20:
                throw SyntaxError(
                    "not valid JSON: a control character stands in a string", at: position,
                    remedy: "escape it")
            default: index += 1
            }
        }
        throw unexpected("the end of the string")
    }

    /// The rest of a string that has escapes; `index` is at the first.
    private mutating func escapedString(from start: Int) throws(SyntaxError) -> String {
        let escape = position
        var end = index
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            guard bytes[end] >= 0x20 else { break }
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else {
            index = min(end, bytes.count)
            throw unexpected("the end of the string")
        }
        index = end + 1
        guard let text = JSONEscapes.resolve(bytes[start..<end]) else {
            throw SyntaxError(
                "not valid JSON: the string has an escape that means nothing", at: escape,
                remedy: "known are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX")
        }
        return text
    }

    private func unexpected(_ wanted: String) -> SyntaxError {
        let found =
            index < bytes.count
            ? MessageText.quoted(String(decoding: bytes[index...].prefix(1), as: UTF8.self))
            : "the end of the text"
        return SyntaxError("not valid JSON: expected \(wanted), found \(found)", at: position)
    }
}
