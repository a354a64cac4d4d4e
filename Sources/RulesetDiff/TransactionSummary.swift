// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// How many objects of each kind some transactions add, replace and delete.
public struct TransactionSummary: Hashable, Sendable {
    /// How many objects of one kind.
    public struct Count: Hashable, Sendable {
        /// Objects that are new.
        public var added = 0
        /// Objects that others take the place of; only rules are ever replaced.
        public var replaced = 0
        /// Objects that go.
        public var deleted = 0

        var isZero: Bool { added == 0 && replaced == 0 && deleted == 0 }

        fileprivate mutating func add(_ other: Count) {
            added += other.added
            replaced += other.replaced
            deleted += other.deleted
        }
    }

    /// Tables: at most one added and one deleted.
    public private(set) var tables = Count()
    /// Chains, without their rules.
    public private(set) var chains = Count()
    /// Sets and maps, without their elements.
    public private(set) var sets = Count()
    /// Rules.
    public private(set) var rules = Count()
    /// Intervals count once, as people count them.
    public private(set) var elements = Count()

    /// Counts the transaction's steps.
    public init(_ transactions: [Transaction]) {
        for step in transactions.flatMap(\.steps) {
            switch step.operation {
            case .addTable: tables.added += 1
            case .deleteTable: tables.deleted += 1
            case .addChain: chains.added += 1
            case .deleteChain: chains.deleted += 1
            case .addSet: sets.added += 1
            case .deleteSet: sets.deleted += 1
            case .addElements(let elements, _): self.elements.added += elements.count
            case .deleteElements(let elements, _): self.elements.deleted += elements.count
            case .appendRule, .insertRule: rules.added += 1
            case .replaceRule: rules.replaced += 1
            case .deleteRule: rules.deleted += 1
            }
        }
    }

    /// Counts what others count too.
    public mutating func add(_ other: TransactionSummary) {
        tables.add(other.tables)
        chains.add(other.chains)
        sets.add(other.sets)
        rules.add(other.rules)
        elements.add(other.elements)
    }

    /// Whether nothing but elements comes and goes.
    public var touchesElementsOnly: Bool {
        tables.isZero && chains.isZero && sets.isZero && rules.isZero
    }

    /// Nothing happens.
    public var isEmpty: Bool { kinds.allSatisfy(\.count.isZero) }

    /// Each kind with what happens to it, in a fixed order.
    public var kinds: [(name: String, count: Count)] {
        [
            ("tables", tables), ("chains", chains), ("sets", sets), ("rules", rules),
            ("elements", elements),
        ]
    }
}

extension TransactionSummary: CustomStringConvertible {
    /// `chains +2, rules +5 ~1, elements +3 -1`; `nothing` where nothing happens.
    public var description: String {
        let parts = kinds.filter { !$0.count.isZero }.map { kind -> String in
            var text = kind.name
            if kind.count.added > 0 { text += " +\(kind.count.added)" }
            if kind.count.replaced > 0 { text += " ~\(kind.count.replaced)" }
            if kind.count.deleted > 0 { text += " -\(kind.count.deleted)" }
            return text
        }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }
}
