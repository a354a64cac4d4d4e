// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A text of manifests and the name by which messages speak of it.
public struct Source: Hashable, Sendable {
    /// A file's path, or `<stdin>`.
    public var name: String
    /// The content: YAML or JSON in UTF-8.
    public var bytes: [UInt8]
    /// What an object is that does not say so itself.
    public var type: TypeName?

    /// A source of this name, as messages show it.
    public init(name: String, bytes: [UInt8], type: TypeName? = nil) {
        self.name = name
        self.bytes = bytes
        self.type = type
    }

    /// A source of this name, as messages show it.
    public init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    /// The largest source that is read, in bytes; larger ones are refused with an error.
    public static let maximumSize = 256 << 20
}
