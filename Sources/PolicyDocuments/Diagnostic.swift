// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One problem in the input: where it is, what is wrong, and what to write instead.
public struct Diagnostic: Hashable, Sendable {
    /// Whether the object can be used.
    public enum Severity: String, Hashable, Sendable {
        /// The object cannot be used.
        case error
        /// The object is used, though perhaps not as its author meant it.
        case warning
    }

    /// Errors keep the object out; warnings do not.
    public var severity: Severity
    /// Where the problem stands.
    public var origin: Origin
    /// The object, where it is known: `NetworkPolicy shop/allow-front`.
    public var object: String?
    /// The path of the field within the object: `spec.ingress[0].from[1].ipBlock.cidr`.
    public var field: String?
    /// What is wrong, without place, object and field.
    public var message: String
    /// What to do about it.
    public var remedy: String?

    /// A problem at a place.
    public init(
        _ severity: Severity, at origin: Origin, object: String? = nil, field: String? = nil,
        message: String, remedy: String? = nil
    ) {
        self.severity = severity
        self.origin = origin
        self.object = object
        self.field = field
        self.message = message
        self.remedy = remedy
    }
}

extension Diagnostic: CustomStringConvertible {
    /// One line: `policy.yaml:12 (document 2): NetworkPolicy shop/allow-front:
    /// spec.ingress[0].from[1].ipBlock.cidr: "10.0.0.0/33" is not a CIDR block; write …`.
    /// A warning says so after the place.
    public var description: String {
        let parts = [
            origin.description, severity == .warning ? "warning" : nil, object, field, message,
        ]
        let text = parts.compactMap(\.self).joined(separator: ": ")
        return remedy.map { "\(text); \($0)" } ?? text
    }
}
