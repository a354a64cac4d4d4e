// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyTestKit

/// Where packets are to come to so that they meet what is different about two tables.
struct SampledDifference {
    /// A place, and what a packet must be like there.
    struct Target {
        var chain: String
        var values = FieldValues()
        /// A rule to be met there, and the table that it is of.
        var rule: (Rule, Table)?
    }

    /// Every chain of the first table if the difference is none of chains or elements.
    private(set) var targets: [Target] = []
    /// The chains about which packets may come to another end: those that differ, those that look up
    /// what differs, and those to which they lead.
    let chains: [Chain]

    /// Of the elements that differ, so many are looked at.
    private static let mostElements = 40

    init(_ original: Table, _ mutated: Table, using random: inout SeededGenerator) {
        let comparison = TableComparison(original, mutated)
        let chains = original.chains + mutated.chains
        var close = chains.filter { comparison.chains.contains($0.name) }
        for (table, other) in [(original, mutated), (mutated, original)] {
            for chain in table.chains where comparison.chains.contains(chain.name) {
                targets.append(Target(chain: chain.name))
                let known = Set(other.chains.first { $0.name == chain.name }?.rules ?? [])
                targets += chain.rules.filter { !known.contains($0) }
                    .map { Target(chain: chain.name, rule: ($0, table)) }
            }
            for set in table.sets {
                guard let entries = comparison.elements[set.name] else { continue }
                let users = table.chains.filter { $0.rules.contains { $0.uses(set.name) } }
                close += users
                targets += Self.targets(entries, of: set, in: users, &random)
            }
        }
        if targets.isEmpty { targets = original.chains.map { Target(chain: $0.name) } }
        let names = Set(
            close.flatMap { Self.callees(of: $0, in: original) + Self.callees(of: $0, in: mutated) }
        )
        self.chains = (close + chains.filter { names.contains($0.name) }).withoutRepetition
    }

    /// For each element its ends and their neighbours, in each rule that looks the set up.
    private static func targets(
        _ entries: [SetEntry], of set: NamedSet, in chains: [Chain],
        _ random: inout SeededGenerator
    ) -> [Target] {
        var targets: [Target] = []
        for chain in chains {
            for statement in chain.rules.flatMap(\.statements) {
                let fields: [Field]
                switch statement {
                case .member(let used, set.name, _): fields = used
                case .verdictMap(let used, set.name): fields = used
                default: continue
                }
                for entry in random.some(mostElements, of: entries.sorted(by: SetEntry.ascends)) {
                    for key in [entry.key, entry.keyEnd ?? entry.key] {
                        var target = Target(chain: chain.name)
                        for (field, bytes) in zip(fields, set.fields(of: key)) {
                            target.values.set(field, bytes)
                        }
                        targets.append(target)
                    }
                }
            }
        }
        return targets
    }

    /// The chains to which a chain's rules lead, by maps too; of many, some.
    private static func callees(of chain: Chain, in table: Table) -> [String] {
        var names: [String] = []
        for expression in chain.rules.flatMap(\.expressions) {
            switch expression {
            case .verdict(.jump(let name)), .verdict(.goto(let name)): names.append(name)
            case .verdictLookup(let map, _):
                for entry in table.sets.first(where: { $0.name == map })?.entries.prefix(8) ?? [] {
                    switch entry.verdict {
                    case .jump(let name), .goto(let name): names.append(name)
                    default: continue
                    }
                }
            default: continue
            }
        }
        return names
    }
}

extension Rule {
    /// Whether the rule looks something up in a set or map.
    fileprivate func uses(_ name: String) -> Bool {
        expressions.contains { expression in
            switch expression {
            case .lookup(let set, _, _): set == name
            case .verdictLookup(let map, _): map == name
            default: false
            }
        }
    }
}
