// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Writes YAML in block style. Strings are always quoted, so that none is read as something else
/// (S73).
struct YAMLWriter {
    private(set) var text = ""
    private var depth = 0
    /// Whether the next line begins an item of a list.
    private var beginsItem = false

    /// Begins a document of a stream.
    mutating func document(apiVersion: String, kind: String) {
        text += "---\n"
        literal("apiVersion", apiVersion)
        literal("kind", kind)
    }

    /// A field with a string.
    mutating func entry(_ key: String, _ value: String) { literal(key, quoted(value)) }

    /// A field with a value as it stands: a number, a truth value, `{}`, or a plain word.
    mutating func literal(_ key: String, _ value: String) { line("\(plain(key)): \(value)") }

    /// A field with fields of its own.
    mutating func block(_ key: String, _ body: (inout YAMLWriter) -> Void) {
        line("\(plain(key)):")
        depth += 1
        body(&self)
        depth -= 1
    }

    /// A field with strings by key, in order of the keys.
    mutating func entries(_ key: String, _ entries: [String: String]) {
        if entries.isEmpty { return literal(key, "{}") }
        block(key) {
            for (key, value) in entries.sorted(by: { $0.key < $1.key }) { $0.entry(key, value) }
        }
    }

    /// A field with a list of strings.
    mutating func items(_ key: String, _ values: [String]) {
        literal(key, "[\(values.map(quoted).joined(separator: ", "))]")
    }

    /// A field with a list of objects; one whose body writes nothing is `{}`.
    mutating func list<Element>(
        _ key: String, _ elements: [Element], _ body: (inout YAMLWriter, Element) -> Void
    ) {
        if elements.isEmpty { return literal(key, "[]") }
        line("\(plain(key)):")
        depth += 1
        for element in elements {
            beginsItem = true
            body(&self, element)
            if beginsItem { line("{}") }
        }
        depth -= 1
    }

    private mutating func line(_ content: String) {
        let indent = String(repeating: "  ", count: beginsItem ? depth - 1 : depth)
        text += indent + (beginsItem ? "- " : "") + content + "\n"
        beginsItem = false
    }

    /// Words that YAML 1.1 reads as truth values or null.
    private static let reserved: Set = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null",
    ]

    /// A key as it stands if it cannot be mistaken; otherwise quoted.
    private func plain(_ key: String) -> String {
        let isWord = !key.isEmpty && key.utf8.allSatisfy { isLetter($0) }
        return isWord && !Self.reserved.contains(key.lowercased()) ? key : quoted(key)
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private func quoted(_ value: String) -> String {
        let escaped = value.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "\"\(String(escaped))\""
    }
}
