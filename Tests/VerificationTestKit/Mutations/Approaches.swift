// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyTestKit

/// The ways by which packets come to each chain of a table.
struct Approaches {
    /// Something that leads to a chain.
    private struct Step {
        var from: String
        var entry: SetEntry?
        var map: NamedSet?
        var fields: [Field]
    }

    private var steps: [String: [Step]] = [:]
    private let bases: [String: Hook]

    init(_ table: Table) {
        let sets = Dictionary(table.sets.map { ($0.name, $0) }) { first, _ in first }
        bases = Dictionary(
            table.chains.compactMap { chain in chain.base.map { (chain.name, $0.hook) } }
        ) { first, _ in first }
        for chain in table.chains {
            for statement in chain.rules.flatMap(\.statements) {
                switch statement {
                case .verdict(.jump(let name)), .verdict(.goto(let name)):
                    steps[name, default: []].append(Step(from: chain.name, fields: []))
                case .verdictMap(let fields, let name):
                    guard let map = sets[name] else { continue }
                    for entry in map.entries {
                        switch entry.verdict {
                        case .jump(let target), .goto(let target):
                            steps[target, default: []].append(
                                Step(from: chain.name, entry: entry, map: map, fields: fields))
                        default: continue
                        }
                    }
                default: continue
                }
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
                let ends = [entry.key, entry.keyEnd ?? entry.key]
                for (index, field) in step.fields.enumerated() {
                    let fields = map.fields(of: random.pick(ends))
                    if index < fields.count { values.set(field, fields[index]) }
                }
            }
            chain = step.from
        }
        return nil
    }
}
