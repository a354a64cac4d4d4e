// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A table of family `inet`: everything that Sluice writes to the kernel.
///
/// Names are unique within each kind. Two tables are equal when they have the same content in the
/// same order; ``sorted`` gives the order that the compiler emits.
public struct Table: Hashable, Sendable {
    /// Unique among the namespace's tables of this family.
    public var name: String
    /// At most ``Comment/maximumLength`` bytes.
    public var comment: String?
    /// Table flags that Sluice never sets (`enum nft_table_flags`: 1 is dormant), as the kernel
    /// reports them; zero in all that it emits. Who owns the table is not among them: see
    /// ``ObservedTable/owner``.
    public var foreignFlags: UInt32
    /// The chains with their rules.
    public var chains: [Chain]
    /// The sets and maps with their elements.
    public var sets: [NamedSet]

    /// A table of these parts.
    public init(
        name: String, comment: String? = nil, foreignFlags: UInt32 = 0, chains: [Chain] = [],
        sets: [NamedSet] = []
    ) {
        self.name = name
        self.comment = comment
        self.foreignFlags = foreignFlags
        self.chains = chains
        self.sets = sets
    }

    /// Whether the kernel has taken the table's hooks away (`NFT_TABLE_F_DORMANT`): no packet meets it.
    public var isDormant: Bool { foreignFlags & 1 != 0 }

    /// The same table with sets and chains in order of name, base chains before the others.
    public var sorted: Table {
        var copy = self
        copy.sets.sort { $0.name < $1.name }
        copy.chains.sort {
            ($0.base == nil ? 1 : 0, $0.name) < ($1.base == nil ? 1 : 0, $1.name)
        }
        return copy
    }
}
