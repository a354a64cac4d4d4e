// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A value of an object, its place in the object, and typed access to it.
///
/// The accessors report a value of the wrong type and return nil. As in Go's decoder, which the
/// API server uses, a field that is null is a field that is absent.
struct Field {
    let node: DocumentNode
    let path: FieldPath

    /// The field of that name; nil if it is absent, null, or this is not a mapping.
    subscript(name: String) -> Field? {
        guard let member = node[name], !member.isNull else { return nil }
        return Field(node: member, path: .member(path, name))
    }

    /// The value as text.
    func string(_ log: inout ProblemLog) -> String? {
        switch node.scalar {
        case .string(let text): return text
        case let other:
            let written: String? =
                if case .plain(let text) = node.content { text } else { nil }
            log.error(
                self, "is \(kind(other)), not text",
                remedy: written.map { "write it in quotes: \(MessageText.quoted($0))" })
            return nil
        }
    }

    /// The value as a whole number.
    func integer(_ log: inout ProblemLog) -> Int64? {
        switch node.scalar {
        case .integer(let value): return value
        case .number(let value):
            let isWhole = value.isFinite && value == value.rounded()
            log.error(self, isWhole ? "is too large a number" : "is not a whole number")
        case .string(let text) where Int64(text) != nil:
            log.error(self, "is text, not a number", remedy: "write it without quotes: \(text)")
        case let other: log.error(self, "is \(kind(other)), not a number")
        }
        return nil
    }

    /// The value as a boolean.
    func boolean(_ log: inout ProblemLog) -> Bool? {
        if case .boolean(let value) = node.scalar { return value }
        log.error(self, "is \(kind(node.scalar)), not a boolean", remedy: "write true or false")
        return nil
    }

    /// Whether the value is a list.
    var isList: Bool {
        switch node.content {
        case .sequence, .deferred: true
        case .mapping, .plain, .quoted: false
        }
    }

    /// Whether the value is a mapping.
    func isMapping(_ log: inout ProblemLog) -> Bool {
        if case .mapping = node.content { return true }
        log.error(self, "is \(kind(node.scalar)), not a mapping")
        return false
    }

    /// A member that must be a mapping; nil if it is absent or is none.
    func structure(_ name: String, _ log: inout ProblemLog) -> Field? {
        guard let member = self[name], member.isMapping(&log) else { return nil }
        return member
    }

    /// The elements of a list.
    ///
    /// - Parameter hint: What an element that is null should be written as. Go reads it as an
    ///   empty structure, which in a list of rules would mean "everybody", so it is refused.
    func elements(_ log: inout ProblemLog, nullHint hint: String? = nil) -> [Field] {
        var fields: [Field] = []
        forEachElement(&log, nullHint: hint) { field, _ in fields.append(field) }
        return fields
    }

    /// Calls `body` with each element of a list, of which one at a time is in memory where they are
    /// many.
    ///
    /// - Parameter hint: as for ``elements(_:nullHint:)``.
    func forEachElement(
        _ log: inout ProblemLog, nullHint hint: String? = nil,
        _ body: (Field, inout ProblemLog) -> Void
    ) {
        func take(_ index: Int, _ node: DocumentNode) {
            let field = Field(node: node, path: .element(path, index))
            if node.isNull {
                log.error(field, "is empty", remedy: hint)
            } else {
                body(field, &log)
            }
        }
        switch node.content {
        case .sequence(let nodes):
            for (index, node) in nodes.enumerated() { take(index, node) }
        case .deferred(let elements):
            for index in elements.indices { take(index, elements[index]) }
        case .mapping, .plain, .quoted:
            log.error(self, "is \(kind(node.scalar)), not a list")
        }
    }

    /// The items of a list of objects; every other item is an error.
    func objects(_ log: inout ProblemLog) -> [Field] {
        var objects: [Field] = []
        for field in elements(&log) where field.isMapping(&log) { objects.append(field) }
        return objects
    }

    /// The entries of a map whose keys are data.
    func entries(_ log: inout ProblemLog) -> [(key: String, value: Field)] {
        guard isMapping(&log), case .mapping(let entries) = node.content else { return [] }
        return entries.map { entry in
            let path = FieldPath.entry(path, entry.key)
            if let written = entry.written {
                log.report(
                    .warning, at: entry.position, path: path,
                    "the key \(MessageText.visible(written)) is no text and is read as "
                        + "\"\(entry.key)\"", remedy: "write it in quotes")
            }
            return (entry.key, Field(node: entry.value, path: path))
        }
    }

    private func kind(_ scalar: ScalarValue?) -> String {
        if let scalar { return scalar.kind }
        if case .mapping = node.content { return "a mapping" }
        return "a list"
    }
}
