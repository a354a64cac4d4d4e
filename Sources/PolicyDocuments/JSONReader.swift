// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Reads JSON (RFC 8259, strictly) into nodes that know their places.
///
/// One pass over the bytes. A text may hold several values one after the other, as `kubectl` and
/// `jq` print them; each is a document.
///
/// The items of a long list are read twice: once to see that they are well formed, when nothing of
/// them is kept, and again one by one as they are wanted. So no more than one is in memory, and what is
/// made of them does not come to lie scattered among what is thrown away.
struct JSONReader: Hashable {
    /// From how many bytes on lists of items are deferred.
    static let deferralThreshold = 1 << 20

    private let bytes: [UInt8]
    private let defersItems: Bool
    private var index = 0
    private var line = 1
    private var lineStart = 0
    /// How many more values the document may hold.
    private var budget = DocumentNode.maximumCount
    /// Whether all that is to be read is known to be well formed.
    private var isChecked = false

    init(_ text: SourceText, defersItems: Bool? = nil) {
        bytes = text.bytes
        self.defersItems = defersItems ?? (bytes.count >= Self.deferralThreshold)
    }

    /// Where an element of a deferred list begins.
    struct Place: Hashable {
        var index: Int
        var line: Int
        var lineStart: Int
    }

    /// The element that begins at a place, which has been read once before without an error.
    func element(at place: Place) -> DocumentNode {
        var reader = self
        reader.index = place.index
        reader.line = place.line
        reader.lineStart = place.lineStart
        reader.budget = DocumentNode.maximumCount
        reader.isChecked = true
        do throws(SyntaxError) {
            return try reader.value(depth: DeferredElements.depth)
        } catch {
            preconditionFailure("what has been read once can be read again")
        }
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
            let isDeferred = defersItems && depth == 1 && key == "items"
            let value = try isDeferred ? deferredValue() : value(depth: depth + 1)
            entries.append(DocumentNode.Entry(key: key, position: place, value: value))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw unexpected("\",\" or \"}\"") }
        if !isChecked, let duplicate = entries.firstDuplicate { throw .duplicateKey(duplicate) }
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

    /// The value of `items` in an object that is a document.
    private mutating func deferredValue() throws(SyntaxError) -> DocumentNode {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "[") else {
            return try value(depth: 2)
        }
        let start = position
        var places: [Place] = []
        var skim = JSONSkim(bytes)
        index += 1
        skipSpace()
        if !take(UInt8(ascii: "]")) {
            repeat {
                skipSpace()
                let place = Place(index: index, line: line, lineStart: lineStart)
                places.append(place)
                if let end = skim.end(ofValueAt: place, depth: DeferredElements.depth) {
                    (index, line, lineStart) = (end.index, end.line, end.lineStart)
                } else {
                    budget = DocumentNode.maximumCount
                    _ = try value(depth: DeferredElements.depth)
                }
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { throw unexpected("\",\" or \"]\"") }
        }
        return DocumentNode(
            position: start,
            content: .deferred(DeferredElements(reader: self, places: places)))
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
        let start = index + 1
        index = Self.endOfPlainText(bytes.span, from: start)
        if index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                defer { index += 1 }
                return String(decoding: bytes[start..<index], as: UTF8.self)
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            default:
                throw SyntaxError(
                    "not valid JSON: a control character stands in a string", at: position,
                    remedy: "escape it")
            }
        }
        throw unexpected("the end of the string")
    }

    /// Where a string has its first quote, escape or control character from here on.
    private static func endOfPlainText(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\""),
            bytes[index] != UInt8(ascii: "\\")
        {
            index += 1
        }
        return index
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
