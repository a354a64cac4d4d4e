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

    /// What kind of mistake it is, for whoever treats some kinds apart.
    public enum Topic: Hashable, Sendable {
        /// None of the others.
        case other
        /// A field that the API does not define.
        case unknownField
        /// A block of addresses with bits set after its prefix.
        case hostBits
        /// An `except` that is no part of its block.
        case exceptOutsideBlock
        /// An `endPort` below its `port`.
        case invertedPortRange
        /// An object of which there is another.
        case definedTwice
        /// An address that several pods claim.
        case sharedAddress
        /// A profile that an endpoint names and that does not exist.
        case missingProfile
        /// A source without objects.
        case emptySource
    }

    /// Errors keep the object out; warnings do not.
    public var severity: Severity
    /// What kind of mistake it is.
    public var topic: Topic
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
        _ severity: Severity, _ topic: Topic = .other, at origin: Origin, object: String? = nil,
        field: String? = nil,
        message: String, remedy: String? = nil
    ) {
        self.severity = severity
        self.topic = topic
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
