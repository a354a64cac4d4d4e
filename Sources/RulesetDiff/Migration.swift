// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// The way from the observed to the wanted table in transactions such that packets under way meet no
/// mixture of both (S13).
///
/// The kernel fixes a packet's rules when it enters a hook, but looks elements up as they are at
/// that moment: one transaction for all would let a packet follow a new element into a chain whose
/// rules it does not see, and fall through. So what is new is first made complete while nothing
/// leads to it, then the elements and rules that stand already are changed in one transaction, and
/// last goes what nothing leads to any more. Each of the three leaves a table that decides as the
/// old or as the new one does, so that the way can be broken off anywhere.
public struct Migration: Hashable, Sendable {
    /// In order; none is empty. Each has the generation that the one before it leaves.
    public private(set) var transactions: [Transaction] = []
    /// Whether the table is the wanted one at the end; otherwise it has to be read again, and the
    /// rest of the way computed from there.
    public private(set) var isComplete = true

    /// Whether the last transaction deletes what packets may still be going through, so that it
    /// has to wait for them.
    public private(set) var endsByClearingAway = false

    /// Nothing is to be done.
    public var isEmpty: Bool { transactions.isEmpty }

    /// - Parameters:
    ///   - observed: the table as the kernel has it; nil if it has none.
    ///   - generation: the ruleset's generation at which there was none.
    ///   - wanted: the table as it shall be.
    public init(from observed: ObservedTable?, generation: UInt32? = nil, to wanted: Table) {
        guard let observed else {
            append(Transaction(from: nil, to: wanted), generation)
            return
        }
        if let enlarged = observed.table.enlarged(for: wanted) {
            append(Transaction(from: observed, to: enlarged), observed.generation)
            isComplete = false
        } else if observed.table.keepsObjects(becoming: wanted) {
            appendPhases(from: observed, to: wanted)
        } else {
            // What others changed is put right at once, whatever packets under way meet.
            append(Transaction(from: observed, to: wanted), observed.generation)
        }
    }

    private mutating func appendPhases(from observed: ObservedTable, to wanted: Table) {
        // Base chains are entered by packets as long as they stand: they come and go with the switch.
        let added = wanted.objects(besides: observed.table).withoutBaseChains
        let prepared = observed.table.adding(added)
        let switched = wanted.adding(
            observed.table.objects(besides: wanted).withoutBaseChains)
        append(Transaction(from: observed, to: prepared), observed.generation)
        append(
            Transaction(from: observed.holding(prepared), to: switched), observed.generation)
        let before = transactions.count
        append(Transaction(from: observed.holding(switched), to: wanted), observed.generation)
        endsByClearingAway = before > 0 && transactions.count > before
    }

    private mutating func append(_ transaction: Transaction, _ generation: UInt32?) {
        if transaction.isEmpty { return }
        var transaction = transaction
        // Each commit raises the generation by one.
        transaction.generation = generation.map { $0 &+ UInt32(transactions.count) }
        transactions.append(transaction)
    }
}

extension Table {
    /// The chains and sets whose names the other table does not have.
    fileprivate func objects(besides other: Table) -> Table {
        let chains = Set(other.chains.map(\.name))
        let sets = Set(other.sets.map(\.name))
        var copy = self
        copy.chains.removeAll { chains.contains($0.name) }
        copy.sets.removeAll { sets.contains($0.name) }
        return copy
    }

    fileprivate var withoutBaseChains: Table {
        var copy = self
        copy.chains.removeAll { $0.base != nil }
        return copy
    }

    fileprivate func adding(_ other: Table) -> Table {
        var copy = self
        copy.chains += other.chains
        copy.sets += other.sets
        return copy
    }

    /// Whether all that both tables have can be kept on the way to the other, so that no name is
    /// ever gone.
    public func keepsObjects(becoming wanted: Table) -> Bool {
        let wantedSets = Dictionary(wanted.sets.map { ($0.name, $0) }) { first, _ in first }
        let wantedChains = Dictionary(wanted.chains.map { ($0.name, $0) }) { first, _ in first }
        return foreignFlags == wanted.foreignFlags
            && sets.allSatisfy { set in
                set.foreignFlags == 0 && wantedSets[set.name].map(set.canServe) ?? true
            }
            && chains.allSatisfy { chain in
                !chain.rules.contains(where: \.isUnread)
                    && wantedChains[chain.name].map(chain.hasSameHeader) ?? true
            }
    }

    /// This table with room for what is wanted, if want of room is all that keeps it from becoming
    /// the wanted one.
    fileprivate func enlarged(for wanted: Table) -> Table? {
        var copy = self
        let wantedSets = Dictionary(wanted.sets.map { ($0.name, $0) }) { first, _ in first }
        for (position, set) in sets.enumerated() {
            guard let capacity = set.capacity, let wanted = wantedSets[set.name],
                wanted.elements.count > capacity
            else { continue }
            copy.sets[position].capacity = wanted.capacity
            // It is made anew only for elements that it has no room for.
            copy.sets[position].elements = wanted.elements
        }
        return copy != self && copy.keepsObjects(becoming: wanted) ? copy : nil
    }
}

extension Rule {
    /// Whether it has expressions that the model does not know, which cannot be written again.
    fileprivate var isUnread: Bool {
        expressions.contains { if case .unknown = $0 { true } else { false } }
    }
}

extension ObservedTable {
    /// What is observed once the table has got this content without a change to present rules.
    fileprivate func holding(_ table: Table) -> ObservedTable {
        var copy = self
        copy.table = table
        return copy
    }
}
