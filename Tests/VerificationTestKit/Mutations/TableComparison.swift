// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// Where two tables differ.
struct TableComparison {
    /// The names of chains that are in one of them only, or not the same.
    let chains: Set<String>
    /// For each set that differs by name, the elements that are in one of them only.
    let elements: [String: [SetEntry]]

    init(_ left: Table, _ right: Table) {
        chains = Set(
            Set(left.chains).symmetricDifference(right.chains).map(\.name))
        var elements: [String: [SetEntry]] = [:]
        let others = Dictionary(right.sets.map { ($0.name, $0) }) { first, _ in first }
        for set in left.sets {
            let other = others[set.name]
            if set.elements == other?.elements { continue }
            elements[set.name] = Array(
                Set(set.entries).symmetricDifference(other?.entries ?? []))
        }
        for set in right.sets where !left.sets.contains(where: { $0.name == set.name }) {
            elements[set.name] = set.entries
        }
        self.elements = elements
    }
}
