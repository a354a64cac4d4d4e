// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A change to a table that somebody with `nft` makes.
public struct Mutation: Hashable, Sendable {
    /// What it does.
    public var kind: MutationKind
    /// What `nft -f -` is told.
    public var commands: [String]

    init(_ kind: MutationKind, _ commands: [String]) {
        self.kind = kind
        self.commands = commands
    }

    init(_ kind: MutationKind, _ commands: String...) {
        self.init(kind, commands)
    }
}
