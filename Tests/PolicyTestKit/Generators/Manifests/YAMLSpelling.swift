// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Writes manifests as YAML in all the styles that people and programs use: blocks and flows, quotes of
/// both kinds and none, indented lists and others, fields in any order.
struct YAMLSpelling {
    var random: SeededGenerator

    /// One document, with its separator in front.
    mutating func document(_ value: ManifestValue) -> String {
        "---\n" + lines(value).map { $0 + "\n" }.joined()
    }

    private mutating func lines(_ value: ManifestValue) -> [String] {
        if value.isLeaf { return [flow(value)] }
        switch value {
        case .object(let fields):
            return (random.chance(15) ? random.shuffled(fields) : fields)
                .flatMap { field($0.key, $0.value) }
        case .list(let values):
            return values.flatMap { value -> [String] in
                let inner = isShort(value) && random.chance(20) ? [flow(value)] : lines(value)
                return ["- \(inner[0])"] + inner.dropFirst().map { "  " + $0 }
            }
        case .text, .word: return [flow(value)]
        }
    }

    private mutating func field(_ key: String, _ value: ManifestValue) -> [String] {
        let key = scalar(key)
        if value.isLeaf || isShort(value) && random.chance(20) {
            return ["\(key): \(flow(value))"]
        }
        if case .list = value, random.chance(50) { return ["\(key):"] + lines(value) }
        return ["\(key):"] + lines(value).map { "  " + $0 }
    }

    private mutating func flow(_ value: ManifestValue) -> String {
        switch value {
        case .text(let text): return scalar(text)
        case .word(let word): return word
        case .list(let values):
            return "[" + values.map { flow($0) }.joined(separator: ", ") + "]"
        case .object(let fields):
            let texts = fields.map { "\(scalar($0.key)): \(flow($0.value))" }
            return "{" + texts.joined(separator: ", ") + "}"
        }
    }

    private func isShort(_ value: ManifestValue) -> Bool { value.json.utf8.count < 80 }

    /// A string in one of the ways to write it.
    private mutating func scalar(_ text: String) -> String {
        if Self.isPlain(text), random.chance(60) { return text }
        if random.chance(50), !text.contains("\t") {
            return "'" + text.replacing("'", with: "''") + "'"
        }
        return ManifestValue.quoted(text)
    }

    /// Words that YAML 1.1 reads as truth values or null.
    private static let reserved: Set = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null",
    ]

    /// Whether the text is a word that stands for itself everywhere (S73).
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return !reserved.contains(text.lowercased())
            && text.utf8.allSatisfy { isLetter($0) || "0123456789-_./".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
