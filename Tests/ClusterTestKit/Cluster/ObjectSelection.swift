// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Which objects of a resource a request is about.
struct ObjectSelection: Sendable {
    /// Nil for those of all namespaces.
    var namespace: String?
    private var labels: [Requirement] = []
    private var fields: [Requirement] = []

    private struct Requirement: Sendable {
        var key: String
        /// Nil if it is enough that the key is there.
        var values: Set<String>?
        var isNegated: Bool

        func holds(for labels: [String: String]) -> Bool {
            guard let value = labels[key] else { return isNegated }
            return (values?.contains(value) ?? true) != isNegated
        }
    }

    /// - Throws: `APIStatus` if a selector cannot be read, or asks for a field that is none.
    init(
        namespace: String? = nil, labels: String? = nil, fields: String? = nil,
        of resource: APIResource
    ) throws(APIStatus) {
        self.namespace = namespace
        self.labels = try Self.parse(labels ?? "")
        self.fields = try Self.parse(fields ?? "")
        var known: Set = ["metadata.name"]
        if resource.isNamespaced { known.insert("metadata.namespace") }
        if resource.name == "pods" {
            known.formUnion([
                "spec.nodeName", "spec.serviceAccountName", "status.phase", "status.podIP",
            ])
        }
        for field in self.fields where !known.contains(field.key) {
            throw .badRequest("field label not supported: \(field.key)")
        }
    }

    /// Whether no selector is given.
    var isEverything: Bool { labels.isEmpty && fields.isEmpty }

    func includes(_ object: StoredObject) -> Bool {
        if let namespace, object.key.namespace != namespace { return false }
        return labels.allSatisfy { $0.holds(for: object.labels) }
            && fields.allSatisfy { $0.holds(for: object.fields) }
    }

    private static func parse(_ text: String) throws(APIStatus) -> [Requirement] {
        var result: [Requirement] = []
        for part in terms(of: text) {
            result.append(try requirement(part))
        }
        return result
    }

    /// Split at the commas outside of parentheses.
    private static func terms(of text: String) -> [String] {
        var terms = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                terms.append("")
            } else {
                terms[terms.count - 1].append(character)
            }
        }
        return terms.filter { !$0.allSatisfy(\.isWhitespace) }
    }

    private static func requirement(_ text: String) throws(APIStatus) -> Requirement {
        for (mark, isNegated) in [("!=", true), ("==", false), ("=", false)] {
            guard let range = text.firstRange(of: mark) else { continue }
            return Requirement(
                key: trimmed(text[..<range.lowerBound]),
                values: [trimmed(text[range.upperBound...])], isNegated: isNegated)
        }
        for (mark, isNegated) in [(" notin ", true), (" in ", false)] {
            guard let range = text.firstRange(of: mark) else { continue }
            let list = text[range.upperBound...].filter { $0 != "(" && $0 != ")" }
            return Requirement(
                key: trimmed(text[..<range.lowerBound]),
                values: Set(list.split(separator: ",").map { trimmed($0) }), isNegated: isNegated)
        }
        let word = trimmed(text[...])
        guard !word.contains(" ") else {
            throw .badRequest("unable to parse requirement: found '\(word)'")
        }
        let isNegated = word.hasPrefix("!")
        return Requirement(
            key: isNegated ? String(word.dropFirst()) : word, values: nil, isNegated: isNegated)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
