// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// Why an object is there, from the comments that the compiler left: which policies are behind it.
struct Purpose {
    private var ofChain: [String: String] = [:]
    private var ofSet: [String: String] = [:]

    init(_ tables: [Table]) {
        for table in tables {
            for chain in table.chains {
                ofChain[chain.name] = chain.comment
                let names = chain.rules.flatMap(\.references)
                for case .set(let set) in names where ofSet[set] == nil {
                    ofSet[set] = chain.comment
                }
            }
            // A set that only a chain without a comment uses speaks for itself.
            for set in table.sets where ofSet[set.name] == nil { ofSet[set.name] = set.comment }
        }
    }

    func chain(_ name: String) -> String { ofChain[name] ?? "the way to the policies" }

    func set(_ name: String) -> String { ofSet[name] ?? "the way to the policies" }

    /// For the elements of maps from endpoints, the endpoints.
    func elements(_ elements: SetElements, of set: NamedSet) -> String {
        if case .entries(let entries) = elements {
            let names = entries.compactMap(\.comment)
            if !names.isEmpty { return Comment.listing("", names) }
        }
        return self.set(set.name)
    }
}
