// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import NodeCompiler
import PolicyTestKit
import RulesetDiff
import Testing

/// No transaction does more than what has to be done, counted without looking at how it does it.
@Suite struct FewestOperationsTests {
    @Test("between any two worlds no step is one too many", arguments: 0..<40 as Range<UInt64>)
    func transactions(seed: UInt64) throws {
        let node = WorldGenerator.localNode
        let old = NodeCompilation(WorldGenerator(seed: seed, style: .tiered).world(), node: node)
        let new = NodeCompilation(
            WorldGenerator(seed: seed + 1, style: .tiered).world(), node: node)
        var kernel = FakeKernel()
        try kernel.commit(Transaction(from: nil, to: old.table))
        let transaction = Transaction(from: kernel.observed, to: new.table)
        #expect(transaction.steps.count == Self.fewest(from: old.table, to: new.table))
    }

    @Test("nor after any change of the cluster", arguments: 0..<30 as Range<UInt64>)
    func successions(seed: UInt64) throws {
        let live = LiveCompilation(node: WorldGenerator.localNode)
        var succession = Succession(table: live.table.name)
        for batch in ChangeSequence(seed: seed, style: .tiered) {
            let before = live.table
            guard case .change(let change) = live.apply(batch.changes),
                let transactions = succession.transactions(for: change)
            else { continue }
            let clearing = succession.clearing().map { [$0] } ?? []
            succession.forgetLeftovers()
            let steps = (transactions + clearing).flatMap(\.steps)
            #expect(steps.count == Self.fewest(from: before, to: live.table))
        }
    }

    /// A message makes or deletes one object, changes one rule, or adds or deletes elements of one
    /// set; with an object that is deleted go its rules or elements.
    private static func fewest(from old: Table, to new: Table) -> Int {
        let oldSets = Dictionary(uniqueKeysWithValues: old.sets.map { ($0.name, $0) })
        let newSets = Dictionary(uniqueKeysWithValues: new.sets.map { ($0.name, $0) })
        let oldChains = Dictionary(uniqueKeysWithValues: old.chains.map { ($0.name, $0) })
        let newChains = Dictionary(uniqueKeysWithValues: new.chains.map { ($0.name, $0) })
        var count = oldSets.keys.filter { newSets[$0] == nil }.count
        count += oldChains.keys.filter { newChains[$0] == nil }.count
        for (name, set) in newSets {
            guard let known = oldSets[name] else {
                count += set.elements.count == 0 ? 1 : 2
                continue
            }
            let before = Set(known.elements.texts)
            let after = Set(set.elements.texts)
            count += before.isSubset(of: after) ? 0 : 1
            count += after.isSubset(of: before) ? 0 : 1
        }
        for (name, chain) in newChains {
            if let known = oldChains[name] {
                count += distance(known.rules[...], chain.rules[...])
            } else {
                count += 1 + chain.rules.count
            }
        }
        return count
    }

    /// The fewest rules to add, replace and delete, by trying everything.
    private static func distance(_ old: ArraySlice<Rule>, _ new: ArraySlice<Rule>) -> Int {
        if old == new { return 0 }
        guard let first = old.first else { return new.count }
        guard let other = new.first else { return old.count }
        if first == other { return distance(old.dropFirst(), new.dropFirst()) }
        return 1
            + min(
                distance(old.dropFirst(), new), distance(old, new.dropFirst()),
                distance(old.dropFirst(), new.dropFirst()))
    }
}

extension SetElements {
    /// Each element as a text of its own.
    fileprivate var texts: [String] {
        switch self {
        case .ipv4(let addresses): addresses.map { "\($0)" }
        case .ipv6(let addresses): addresses.map { "\($0)" }
        case .ipv4Intervals(let set): set.intervals.map { "\($0)" }
        case .ipv6Intervals(let set): set.intervals.map { "\($0)" }
        case .entries(let entries): entries.map { "\($0)" }
        }
    }
}
