// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A value of a manifest, before it is known whether it is written as YAML or as JSON.
indirect enum ManifestValue {
    /// A string.
    case text(String)
    /// A number or a truth value, as it stands.
    case word(String)
    case list([ManifestValue])
    /// Fields in the order in which they are written.
    case object([(key: String, value: ManifestValue)])

    /// Whether nothing stands in it.
    var isLeaf: Bool {
        switch self {
        case .text, .word: true
        case .list(let values): values.isEmpty
        case .object(let fields): fields.isEmpty
        }
    }

    /// Strings in their order.
    static func texts(_ values: [String]) -> ManifestValue { .list(values.map(ManifestValue.text)) }

    /// Labels or annotations in the order of their keys; nil if there are none.
    static func labels(_ labels: [String: String]) -> ManifestValue? {
        if labels.isEmpty { return nil }
        return .object(labels.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
    }

    /// A list; nil if it is empty.
    static func some(_ values: [ManifestValue]) -> ManifestValue? {
        values.isEmpty ? nil : .list(values)
    }
}

extension ManifestValue: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .text(value) }
}

extension ManifestValue: ExpressibleByDictionaryLiteral {
    /// The fields that are there; those that are nil are left out.
    init(dictionaryLiteral elements: (String, ManifestValue?)...) {
        self = .object(elements.compactMap { key, value in value.map { (key, $0) } })
    }
}

extension ManifestValue: ExpressibleByArrayLiteral {
    init(arrayLiteral elements: ManifestValue...) { self = .list(elements) }
}

extension ManifestValue {
    /// The value on one line of JSON.
    var json: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .word(let word): word
        case .list(let values): "[\(values.map(\.json).joined(separator: ","))]"
        case .object(let fields):
            "{\(fields.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ","))}"
        }
    }

    /// A string in double quotes, as JSON and YAML read it; without control characters.
    static func quoted(_ text: String) -> String {
        let escaped = text.flatMap { $0 == "\"" || $0 == "\\" || $0 == "\t" ? escape($0) : [$0] }
        return "\"\(String(escaped))\""
    }

    private static func escape(_ character: Character) -> [Character] {
        ["\\", character == "\t" ? "t" : character]
    }
}
