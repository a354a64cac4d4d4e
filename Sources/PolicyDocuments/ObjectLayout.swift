// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Where each field of an object stands in the text, and what is written there.
///
/// Model values do not tell how they were written: an empty list of peers from a missing one, or on
/// which line a rule begins. Whoever speaks to the author about the text asks the layout.
public struct ObjectLayout: Hashable, Sendable {
    /// Where the object begins.
    public let origin: Origin
    private var fields: [String: Written] = [:]

    private struct Written: Hashable {
        var position: TextPosition
        /// The text of a scalar; nil for lists and mappings.
        var text: String?
        var isNull: Bool
        /// How many elements a list has, or entries a mapping; 0 for a scalar.
        var count: Int
    }

    /// The layout of an object, or only of what one path leads to.
    init(_ object: Field, at origin: Origin, below path: [String] = []) {
        self.origin = origin
        var field = object
        for name in path {
            guard let member = field[name] else { return }
            field = member
        }
        record(field.node, field.path, at: field.node.position)
    }

    private mutating func record(
        _ node: DocumentNode, _ path: FieldPath, at position: TextPosition
    ) {
        var written = Written(position: position, isNull: node.isNull, count: 0)
        switch node.content {
        case .mapping(let entries):
            written.count = entries.count
            let isMap = path.isMap
            for entry in entries {
                let name = isMap ? FieldPath.entry(path, entry.key) : .member(path, entry.key)
                record(entry.value, name, at: entry.position)
            }
        case .sequence(let elements):
            written.count = elements.count
            for (index, element) in elements.enumerated() {
                record(element, .element(path, index), at: element.position)
            }
        case .deferred(let elements): written.count = elements.indices.count
        case .plain(let text), .quoted(let text): written.text = text
        }
        fields[path.description] = written
    }

    /// Whether anything is written there, if only null.
    public func contains(_ path: String) -> Bool { fields[path] != nil }

    /// The number of elements of a list or entries of a mapping; 0 if there is none, or null.
    public func count(_ path: String) -> Int { fields[path]?.count ?? 0 }

    /// The text of a scalar, without quotes; nil where there is none, or null.
    public func text(_ path: String) -> String? {
        fields[path].flatMap { $0.isNull ? nil : $0.text }
    }

    /// The place of a field: of its key, or of a list's element. Where there is no such field, the
    /// place of the nearest one around it.
    public func origin(of path: String) -> Origin {
        var path = path[...]
        while !path.isEmpty {
            if let position = fields[String(path)]?.position {
                return Origin(
                    source: origin.source, document: origin.document, line: Int(position.line),
                    column: Int(position.column))
            }
            path = path.lastIndex { $0 == "." || $0 == "[" }.map { path[..<$0] } ?? ""
        }
        return origin
    }
}

extension FieldPath {
    /// Whether the keys of a mapping at this path are data, not names of fields.
    fileprivate var isMap: Bool {
        guard case .member(_, let name) = self else { return false }
        return ["labels", "annotations", "matchLabels"].contains(name)
    }
}
