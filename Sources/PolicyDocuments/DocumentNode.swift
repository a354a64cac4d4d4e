// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A value of a document and where it stands, whether it was written as YAML or as JSON.
struct DocumentNode: Hashable {
    var position: TextPosition
    var content: Content

    enum Content: Hashable {
        /// Keys are unique, and in the order of the text.
        case mapping([Entry])
        case sequence([DocumentNode])
        /// A long list whose elements are read one by one when they are wanted.
        case deferred(DeferredElements)
        /// A scalar without quotes: it may be a number, a boolean or null.
        case plain(String)
        /// A scalar that is text whatever it looks like.
        case quoted(String)
    }

    struct Entry: Hashable {
        var key: String
        /// The key as it was written, where that is something else than `key`: `on` for `true`.
        var written: String? = nil
        var position: TextPosition
        var value: DocumentNode
    }

    /// How deeply mappings and sequences may be nested; Kubernetes objects stay far below.
    static let maximumDepth = 256

    /// How many values a document may hold at once, not counting keys, or each item of a deferred
    /// list. A pod has about 150, so that this is 40,000 pods; many more would take gigabytes.
    static let maximumCount = 6_000_000

    /// The scalar's value; nil for a mapping or a sequence.
    var scalar: ScalarValue? {
        switch content {
        case .mapping, .sequence, .deferred: nil
        case .plain(let text): ScalarValue(plain: text)
        case .quoted(let text): .string(text)
        }
    }

    var isNull: Bool {
        guard case .plain(let text) = content else { return false }
        return ScalarValue.isNull(plain: text)
    }

    /// The value of a key; nil if this is not a mapping or has no such key.
    subscript(key: String) -> DocumentNode? {
        guard case .mapping(let entries) = content else { return nil }
        for position in entries.indices where entries[position].key == key {
            return entries[position].value
        }
        return nil
    }
}

extension [DocumentNode.Entry] {
    /// The first entry whose key stands earlier already.
    ///
    /// - Complexity: O(*n*) but for short mappings, where comparing all pairs is quicker.
    var firstDuplicate: DocumentNode.Entry? {
        if count <= 12 {
            for index in indices.dropFirst() {
                let key = self[index].key
                if self[..<index].contains(where: { $0.key == key }) { return self[index] }
            }
            return nil
        }
        var seen = Set<String>(minimumCapacity: count)
        return first { !seen.insert($0.key).inserted }
    }
}
