// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Yams

/// The entries that merge keys (`<<: *defaults`) bring into one mapping.
///
/// A mapping's own entries win over merged ones, and of several merged mappings the first. That
/// holds for go-yaml v2, which Kubernetes uses, only where `<<` stands first: there it overrides
/// the keys before it. The readings differ, so that case is an error.
struct MergeKeys {
    private var merged: [DocumentNode.Entry] = []

    static func isMergeKey(_ key: Node) -> Bool {
        guard case .scalar(let scalar) = key else { return false }
        return scalar.string == "<<" && scalar.style == .plain
    }

    /// Takes the value of a merge key that follows the given entries of its mapping.
    mutating func add(
        _ value: DocumentNode, at position: TextPosition, after own: [DocumentNode.Entry]
    ) throws(SyntaxError) {
        var sources = [value]
        if case .sequence(let elements) = value.content { sources = elements }
        var known = Set(merged.map(\.key))
        let before = Set(own.map(\.key))
        for source in sources {
            guard case .mapping(let entries) = source.content else {
                throw SyntaxError(
                    "\"<<\" takes a mapping or a list of mappings", at: position)
            }
            for entry in entries where known.insert(entry.key).inserted {
                guard !before.contains(entry.key) else {
                    throw SyntaxError(
                        "\"<<\" brings the key \(MessageText.quoted(entry.key)), which stands "
                            + "before it too", at: position,
                        remedy: "write \"<<\" first, so that the mapping's own value wins")
                }
                merged.append(entry)
            }
        }
    }

    /// The mapping's own entries, then those merged ones that it does not set itself.
    func completing(_ own: [DocumentNode.Entry]) -> [DocumentNode.Entry] {
        guard !merged.isEmpty else { return own }
        let keys = Set(own.map(\.key))
        return own + merged.filter { !keys.contains($0.key) }
    }
}
