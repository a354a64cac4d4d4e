// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyTestKit

extension Table {
    /// What packets can meet: the base chains, and the chains and sets that they lead to. Two
    /// tables whose reachable parts are equal decide alike, whatever else they hold.
    public var reachable: Table {
        let chainsByName = Dictionary(chains.map { ($0.name, $0) }) { first, _ in first }
        let setsByName = Dictionary(sets.map { ($0.name, $0) }) { first, _ in first }
        var seenChains: Set<String> = []
        var seenSets: Set<String> = []
        var open = chains.filter { $0.base != nil }.map(\.name)
        while let name = open.popLast() {
            guard seenChains.insert(name).inserted, let chain = chainsByName[name] else { continue }
            for expression in chain.rules.flatMap(\.expressions) {
                switch expression {
                case .verdict(let verdict): open += verdict.chains
                case .lookup(let set, _, _): seenSets.insert(set)
                case .verdictLookup(let map, _):
                    guard seenSets.insert(map).inserted,
                        case .entries(let entries)? = setsByName[map]?.elements
                    else { continue }
                    open += entries.flatMap { $0.verdict?.chains ?? [] }
                default: break
                }
            }
        }
        var copy = sorted.withoutCapacities
        copy.chains.removeAll { !seenChains.contains($0.name) }
        copy.sets.removeAll { !seenSets.contains($0.name) }
        return copy
    }
}

extension Verdict {
    fileprivate var chains: [String] {
        switch self {
        case .jump(let chain), .goto(let chain): [chain]
        case .accept, .drop, .return: []
        }
    }
}
