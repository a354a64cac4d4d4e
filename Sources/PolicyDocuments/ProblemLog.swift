// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Collects the problems of a source, naming the object that is being decoded.
struct ProblemLog {
    let source: String
    /// The number of the document that is being decoded.
    var document = 1
    /// The object that is being decoded.
    var object: ObjectName?
    /// Whether a field that the API does not define is an error: so inside of rules and selectors
    /// that it may have been meant to narrow (S9).
    var refusesUnknownFields = false
    private(set) var diagnostics: [Diagnostic] = []
    /// How many of the problems are errors.
    private(set) var errorCount = 0

    init(source: String) {
        self.source = source
    }

    mutating func error(
        _ field: Field, _ message: String, remedy: String? = nil,
        topic: Diagnostic.Topic = .other
    ) {
        report(
            .error, at: field.node.position, path: field.path, message, remedy: remedy,
            topic: topic)
    }

    mutating func warning(
        _ field: Field, _ message: String, remedy: String? = nil,
        topic: Diagnostic.Topic = .other
    ) {
        report(
            .warning, at: field.node.position, path: field.path, message, remedy: remedy,
            topic: topic)
    }

    /// Reports that a field of `parent` is missing, at the place of `parent`.
    mutating func missing(_ name: String, of parent: Field, remedy: String? = nil) {
        report(
            .error, at: parent.node.position, path: .member(parent.path, name), "is missing",
            remedy: remedy)
    }

    mutating func error(_ error: SyntaxError) {
        report(.error, at: error.position, path: .object, error.message, remedy: error.remedy)
    }

    mutating func report(
        _ severity: Diagnostic.Severity, at position: TextPosition, path: FieldPath,
        _ message: String, remedy: String? = nil, topic: Diagnostic.Topic = .other
    ) {
        if severity == .error { errorCount += 1 }
        diagnostics.append(
            Diagnostic(
                severity, topic, at: origin(position), object: object?.description,
                field: path == .object ? nil : path.description, message: message, remedy: remedy))
    }

    func origin(_ position: TextPosition) -> Origin {
        Origin(
            source: source, document: document, line: Int(position.line),
            column: Int(position.column))
    }
}
