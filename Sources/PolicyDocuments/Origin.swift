// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Where something stands: the source, the document in it, and the line.
public struct Origin: Hashable, Sendable {
    /// The name of the ``Source``.
    public var source: String
    /// The number of the document in its source, from 1; the items of a list share their list's.
    public var document: Int
    /// The line in the source, from 1.
    public var line: Int
    /// The column in the line, from 1, where it is known.
    public var column: Int?

    /// A value of these parts.
    public init(source: String, document: Int, line: Int, column: Int? = nil) {
        self.source = source
        self.document = document
        self.line = line
        self.column = column
    }
}

extension Origin: CustomStringConvertible {
    /// `policy.yaml:12 (document 2)`.
    public var description: String {
        "\(MessageText.visible(source)):\(line) (document \(document))"
    }
}

/// A value and the place where its object begins.
public struct Located<Value: Hashable & Sendable>: Hashable, Sendable {
    /// What was decoded.
    public var value: Value
    /// Where its object begins.
    public var origin: Origin

    /// A value of these parts.
    public init(_ value: Value, at origin: Origin) {
        self.value = value
        self.origin = origin
    }
}
