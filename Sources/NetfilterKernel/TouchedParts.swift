// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The parts of a table that somebody has changed.
public struct TouchedParts: Hashable, Sendable {
    /// The table's own header, or more than can be named.
    public var isEverything: Bool
    /// Chains that were added, deleted or changed, their rules included.
    public var chains: Set<String>
    /// Sets and maps that were added, deleted or changed, their elements included.
    public var sets: Set<String>

    /// Chains and sets by name; without arguments no part.
    public init(chains: Set<String> = [], sets: Set<String> = []) {
        isEverything = false
        self.chains = chains
        self.sets = sets
    }

    /// The whole table.
    public static let everything = {
        var parts = TouchedParts()
        parts.isEverything = true
        return parts
    }()

    /// Nothing was changed.
    public var isEmpty: Bool { !isEverything && chains.isEmpty && sets.isEmpty }

    /// Adds the other's parts.
    public mutating func formUnion(_ other: TouchedParts) {
        if isEverything || other.isEverything {
            self = .everything
        } else {
            chains.formUnion(other.chains)
            sets.formUnion(other.sets)
        }
    }
}
