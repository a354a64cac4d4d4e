// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyTestKit

/// The ways by which packets come to each chain of a table.
struct Approaches {
    /// Something that leads to a chain: a rule, or an element of the map that it looks up.
    private struct Step {
        var from: String
        var rule: Rule
        var entry: SetEntry?
        var map: NamedSet?
        var fields: [Field] = []
    }

    private let table: Table
    private var steps: [String: [Step]] = [:]
    private let bases: [String: Hook]

    init(_ table: Table) {
        self.table = table
        let sets = Dictionary(table.sets.map { ($0.name, $0) }) { first, _ in first }
        bases = Dictionary(
            table.chains.compactMap { chain in chain.base.map { (chain.name, $0.hook) } }
        ) { first, _ in first }
        for chain in table.chains {
            for rule in chain.rules { add(rule, of: chain.name, sets) }
        }
    }

    private mutating func add(_ rule: Rule, of chain: String, _ sets: [String: NamedSet]) {
        for statement in rule.statements {
            switch statement {
            case .verdict(.jump(let name)), .verdict(.goto(let name)):
                steps[name, default: []].append(Step(from: chain, rule: rule))
            case .verdictMap(let fields, let name):
                guard let map = sets[name] else { continue }
                var bare = rule
                bare.expressions.removeLast()
                for entry in map.entries {
                    switch entry.verdict {
                    case .jump(let target), .goto(let target):
                        steps[target, default: []].append(
                            Step(from: chain, rule: bare, entry: entry, map: map, fields: fields))
                    default: continue
                    }
                }
            default: continue
            }
        }
    }

    /// Goes back from a chain to a base chain by a random way, and takes note of what a packet must be
    /// like to come along.
    ///
    /// - Returns: the base chain's hook; nil if nothing leads to the chain.
    func walk(
        from chain: String, into values: inout FieldValues, using random: inout SeededGenerator
    ) -> Hook? {
        var chain = chain
        for _ in 0..<16 {
            if let hook = bases[chain] { return hook }
            guard let all = steps[chain], !all.isEmpty else { return nil }
            let step = random.pick(all)
            if let entry = step.entry, let map = step.map {
                values.set(step.fields, entry, of: map, &random)
            }
            values.meet(step.rule, in: table, using: &random)
            chain = step.from
        }
        return nil
    }
}
