// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments

/// Something in the manifests that is probably not as its author meant it.
public struct Finding: Hashable, Sendable {
    /// How much it matters.
    public enum Severity: String, Hashable, Sendable, CaseIterable {
        /// The object cannot be used.
        case error
        /// The policies do not do what it looks like.
        case warning
        /// Worth knowing, and often meant.
        case note
    }

    /// Which rule found it.
    public var rule: LintRule
    /// How much it matters.
    public var severity: Severity
    /// The line of the offending field.
    public var origin: Origin
    /// The object, where it is known: `NetworkPolicy shop/allow-front`.
    public var object: String?
    /// The path of the field within the object.
    public var field: String?
    /// What is wrong, without place, object and field.
    public var message: String
    /// What to do about it.
    public var remedy: String?

    /// A finding of these parts; the severity is the rule's own unless another is given.
    public init(
        _ rule: LintRule, _ severity: Severity? = nil, at origin: Origin, object: String? = nil,
        field: String? = nil, message: String, remedy: String? = nil
    ) {
        self.rule = rule
        self.severity = severity ?? rule.severity
        self.origin = origin
        self.object = object
        self.field = field
        self.message = message
        self.remedy = remedy
    }
}

extension Finding: CustomStringConvertible {
    /// One line: `policy.yaml:12: warning: NetworkPolicy shop/allow-front: spec.podSelector: selects
    /// no pod; … [selects-nothing]`.
    public var description: String {
        let place = "\(MessageText.visible(origin.source)):\(origin.line)"
        let parts = [place, severity.rawValue, object, field, message]
        let text = parts.compactMap(\.self).joined(separator: ": ")
        return (remedy.map { "\(text); \($0)" } ?? text) + " [\(rule.rawValue)]"
    }
}

extension Finding {
    /// By place, then by rule and text, so that the order does not depend on how they were found.
    static func isBefore(_ left: Finding, _ right: Finding) -> Bool {
        let places = (left.origin, right.origin)
        if places.0 != places.1 {
            return (places.0.source, places.0.line, places.0.column ?? 0, places.0.document)
                < (places.1.source, places.1.line, places.1.column ?? 0, places.1.document)
        }
        return (left.rule.rawValue, left.field ?? "", left.message)
            < (right.rule.rawValue, right.field ?? "", right.message)
    }
}
