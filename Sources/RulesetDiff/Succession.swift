// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// Turns changes of the wanted table into transactions, and keeps in mind what has gone out of use
/// until it may be deleted.
///
/// As in ``Migration``, what is new is made complete while nothing leads to it, then the elements
/// that stand are changed in one transaction (S13). What nothing leads to any more is deleted later,
/// when no packet can be in it; if it is wanted again before that, it is taken back.
public struct Succession: Sendable {
    private var chains: [String: Chain] = [:]
    private var sets: [String: NamedSet] = [:]
    private let table: String

    /// Nothing has gone out of use yet.
    public init(table: String) { self.table = table }

    /// Whether there is something to delete.
    public var hasLeftovers: Bool { !chains.isEmpty || !sets.isEmpty }

    /// The table as it stands, out of what is wanted and what is left over.
    public func standing(with wanted: Table) -> Table {
        var copy = wanted
        copy.chains += chains.values
        copy.sets += sets.values
        return copy.sorted
    }

    /// The transactions that carry out a change, in order; none is empty, and there are two at most.
    ///
    /// - Returns: nil if a set has to be made anew, or cannot be taken back; then only a look at the
    ///   table as a whole helps.
    /// - Complexity: O(*n*) in the change.
    public mutating func transactions(for change: TableChange) -> [Transaction]? {
        guard change.outgrown.isEmpty, let revived = revive(change) else { return nil }
        var prepare: [Transaction.Step] = []
        let newChains = change.newChains.filter { chains[$0.name] == nil }
        for chain in newChains { prepare.append(.init(.addChain(chain), reason: chain.reason)) }
        for set in change.newSets where sets[set.name] == nil {
            prepare.append(.init(.addSet(set), reason: set.reason))
            if !set.elements.isEmpty {
                prepare.append(.init(.addElements(set.elements, to: set), reason: set.reason))
            }
        }
        prepare += revived
        for chain in newChains {
            for rule in chain.rules {
                prepare.append(
                    .init(.appendRule(rule, chain: chain.name), reason: chain.reason))
            }
        }
        let changeover = change.elements.flatMap(Self.steps)
        for chain in change.newChains { chains[chain.name] = nil }
        for set in change.newSets { sets[set.name] = nil }
        for chain in change.goneChains { chains[chain.name] = chain }
        for set in change.goneSets { sets[set.name] = set }
        return [prepare, changeover].filter { !$0.isEmpty }.map {
            Transaction(table: table, steps: $0)
        }
    }

    /// What brings leftovers to what is wanted of them now; nil if that cannot be.
    private func revive(_ change: TableChange) -> [Transaction.Step]? {
        for chain in change.newChains {
            if let leftover = chains[chain.name], leftover != chain { return nil }
        }
        var steps: [Transaction.Step] = []
        for set in change.newSets {
            guard let leftover = sets[set.name] else { continue }
            // One with less room than it is thought to have would be overfilled later.
            guard leftover.canServe(as: set), leftover.capacity ?? .max >= set.capacity ?? .max,
                let difference = SetElementsDifference(from: leftover.elements, to: set.elements)
            else { return nil }
            steps += Self.steps(
                .init(set: set, deleted: difference.deleted, added: difference.added))
        }
        return steps
    }

    private static func steps(_ change: TableChange.ElementChange) -> [Transaction.Step] {
        var steps: [Transaction.Step] = []
        if !change.deleted.isEmpty {
            steps.append(
                .init(
                    .deleteElements(change.deleted, from: change.set),
                    reason: change.deleted.reason ?? change.set.reason))
        }
        if !change.added.isEmpty {
            steps.append(
                .init(
                    .addElements(change.added, to: change.set),
                    reason: change.added.reason ?? change.set.reason))
        }
        return steps
    }

    /// What deletes all that has gone out of use; nil if there is nothing. No packet may be in it
    /// any more when this is carried out.
    public func clearing() -> Transaction? {
        guard hasLeftovers else { return nil }
        let left = Table(name: table, chains: Array(chains.values), sets: Array(sets.values))
        let names = Set(
            chains.keys.map(ObjectName.chain) + sets.keys.map(ObjectName.set))
        let steps = DeletionOrder(in: left).order(names).map { name in
            switch name {
            case .chain(let chain):
                Transaction.Step(
                    .deleteChain(name: chain),
                    reason: "no longer needed: \(chains[chain]!.reason)")
            case .set(let set):
                Transaction.Step(
                    .deleteSet(name: set), reason: "no longer needed: \(sets[set]!.reason)")
            }
        }
        return Transaction(table: table, steps: steps)
    }

    /// Forgets what is left over: it has been deleted.
    public mutating func forgetLeftovers() {
        chains = [:]
        sets = [:]
    }
}

extension Chain {
    /// The policies behind it.
    fileprivate var reason: String { comment ?? name }
}

extension NamedSet {
    /// The endpoints behind it.
    fileprivate var reason: String { comment ?? name }
}

extension SetElements {
    /// For the elements of maps from endpoints, the endpoints.
    fileprivate var reason: String? {
        guard case .entries(let entries) = self else { return nil }
        let names = entries.compactMap(\.comment)
        return names.isEmpty ? nil : Comment.listing("", names)
    }
}
