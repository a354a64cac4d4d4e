// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

extension Transaction {
    /// The transaction that turns the observed table into the wanted one; empty if they have the
    /// same content.
    ///
    /// - Parameters:
    ///   - observed: the table as the kernel has it; nil if it has none.
    ///   - wanted: the table as it shall be.
    public init(from observed: ObservedTable?, to wanted: Table) {
        var difference = TableDifference(from: observed, to: wanted)
        self.init(
            table: wanted.name, steps: difference.collect(), generation: observed?.generation)
    }
}

/// Collects the steps between two tables in an order that the kernel accepts:
/// objects that must be made anew go first, then come new objects, elements and rules, and last
/// what nothing names any more is deleted.
private struct TableDifference {
    private let wanted: Table
    private var observed: Table
    private var handles: [String: [UInt64]]
    private let exists: Bool
    private let purpose: Purpose
    private var steps: [Transaction.Step] = []

    init(from observed: ObservedTable?, to wanted: Table) {
        self.wanted = wanted
        exists = observed != nil
        self.observed = observed?.table.withoutBoundObjects ?? Table(name: wanted.name)
        handles = observed?.rules.mapValues { $0.map(\.handle) } ?? [:]
        purpose = Purpose([wanted, self.observed])
    }

    private mutating func add(_ operation: Operation, _ reason: String) {
        steps.append(Transaction.Step(operation, reason: reason))
    }

    mutating func collect() -> [Transaction.Step] {
        if exists, !observed.hasSameHeader(as: wanted) {
            add(.deleteTable(name: wanted.name), "the table was changed by others")
            observed = Table(name: wanted.name)
            handles = [:]
            add(.addTable(name: wanted.name, comment: wanted.comment), "made anew")
        } else if !exists {
            add(.addTable(name: wanted.name, comment: wanted.comment), "Sluice's own table")
        }
        removeUnreadRules()
        deleteForRecreation()
        addObjects()
        changeElements()
        changeRules()
        deleteObsolete()
        return steps
    }

    // MARK: What others left

    /// Deletes rules with expressions that are not known, first of all: what they name is not known
    /// either, and might be in the way.
    private mutating func removeUnreadRules() {
        removeRules(reason: "was written by others") { rule in
            rule.expressions.contains { if case .unknown = $0 { true } else { false } }
        }
    }

    private mutating func removeRules(reason: String, where isObsolete: (Rule) -> Bool) {
        for position in observed.chains.indices {
            let chain = observed.chains[position]
            for (number, rule) in chain.rules.enumerated().reversed() where isObsolete(rule) {
                add(.deleteRule(chain: chain.name, handle: handles[chain.name]![number]), reason)
                observed.chains[position].rules.remove(at: number)
                handles[chain.name]!.remove(at: number)
            }
        }
    }

    /// Deletes objects, each after all that name it. Where they name each other in a circle, their
    /// rules and elements go first.
    private mutating func delete(_ names: Set<ObjectName>, reason: (ObjectName) -> String) {
        let order = DeletionOrder(in: observed)
        if order.hasCircle(names) {
            for chain in observed.chains where names.contains(.chain(chain.name)) {
                for handle in handles[chain.name] ?? [] {
                    add(.deleteRule(chain: chain.name, handle: handle), "names others in a circle")
                }
            }
            for set in observed.sets
            where names.contains(.set(set.name)) && !set.elements.references.isEmpty {
                add(.deleteElements(set.elements, from: set), "name others in a circle")
            }
        }
        for name in order.order(names) { delete(name, reason: reason(name)) }
    }

    // MARK: Objects made anew

    /// Deletes the objects whose headers differ, and the rules and elements that name them. Names
    /// tell an object's form, so that only what others changed comes to this.
    private mutating func deleteForRecreation() {
        let wantedChains = Dictionary(uniqueKeysWithValues: wanted.chains.map { ($0.name, $0) })
        let wantedSets = Dictionary(uniqueKeysWithValues: wanted.sets.map { ($0.name, $0) })
        var changed: Set<ObjectName> = []
        for chain in observed.chains {
            if let other = wantedChains[chain.name], !chain.hasSameHeader(as: other) {
                changed.insert(.chain(chain.name))
            }
        }
        for set in observed.sets {
            guard let other = wantedSets[set.name] else { continue }
            let isComparable =
                SetElementsDifference(from: set.elements, to: other.elements) != nil
            if !set.canServe(as: other) || !isComparable { changed.insert(.set(set.name)) }
        }
        if changed.isEmpty { return }
        removeRules(reason: "names what is made anew") { rule in
            rule.references.contains(where: changed.contains)
        }
        removeElements(naming: changed)
        delete(changed) { _ in "has another form, or no room for its elements" }
    }

    private mutating func removeElements(naming changed: Set<ObjectName>) {
        for position in observed.sets.indices {
            let set = observed.sets[position]
            guard !changed.contains(.set(set.name)), case .entries(let entries) = set.elements
            else { continue }
            let naming = entries.filter { entry in
                entry.verdict?.reference.map(changed.contains) ?? false
            }
            if naming.isEmpty { continue }
            add(.deleteElements(.entries(naming), from: set), "name what is made anew")
            observed.sets[position].elements = .entries(entries.filter { !naming.contains($0) })
        }
    }

    private mutating func delete(_ name: ObjectName, reason: String) {
        switch name {
        case .chain(let chain):
            add(.deleteChain(name: chain), reason)
            observed.chains.removeAll { $0.name == chain }
            handles[chain] = nil
        case .set(let set):
            add(.deleteSet(name: set), reason)
            observed.sets.removeAll { $0.name == set }
        }
    }

    // MARK: New objects

    private mutating func addObjects() {
        let chains = Set(observed.chains.map(\.name))
        for chain in wanted.chains where !chains.contains(chain.name) {
            add(.addChain(chain), purpose.chain(chain.name))
        }
        let sets = Set(observed.sets.map(\.name))
        for set in wanted.sets where !sets.contains(set.name) {
            add(.addSet(set), purpose.set(set.name))
            addElements(set.elements, to: set)
        }
    }

    // MARK: Elements and rules

    private mutating func changeElements() {
        let present = Dictionary(uniqueKeysWithValues: observed.sets.map { ($0.name, $0) })
        for set in wanted.sets {
            guard let old = present[set.name],
                let change = SetElementsDifference(from: old.elements, to: set.elements)
            else { continue }
            if !change.deleted.isEmpty {
                add(
                    .deleteElements(change.deleted, from: set),
                    purpose.elements(change.deleted, of: set))
            }
            addElements(change.added, to: set)
        }
    }

    private mutating func addElements(_ elements: SetElements, to set: NamedSet) {
        if elements.isEmpty { return }
        add(.addElements(elements, to: set), purpose.elements(elements, of: set))
    }

    private mutating func changeRules() {
        let present = Dictionary(uniqueKeysWithValues: observed.chains.map { ($0.name, $0) })
        for chain in wanted.chains {
            guard let old = present[chain.name] else {
                for rule in chain.rules {
                    add(.appendRule(rule, chain: chain.name), purpose.chain(chain.name))
                }
                continue
            }
            changeRules(of: chain, from: old.rules, handles: handles[chain.name] ?? [])
        }
    }

    private mutating func changeRules(of chain: Chain, from old: [Rule], handles: [UInt64]) {
        let changes = RuleListDifference(from: old, to: chain.rules).changes
        let reason = purpose.chain(chain.name)
        for (position, change) in changes.enumerated() {
            switch change {
            case .keep:
                continue
            case .replace(let observed, let wanted):
                add(
                    .replaceRule(
                        chain.rules[wanted], chain: chain.name, handle: handles[observed]), reason)
            case .delete(let observed):
                add(.deleteRule(chain: chain.name, handle: handles[observed]), reason)
            case .insert(let wanted):
                let rule = chain.rules[wanted]
                let next = changes[position...].lazy.compactMap(\.standing).first
                add(
                    next.map {
                        .insertRule(rule, chain: chain.name, before: handles[$0])
                    } ?? .appendRule(rule, chain: chain.name), reason)
            }
        }
    }

    // MARK: Objects that nothing needs

    private mutating func deleteObsolete() {
        let chains = Set(wanted.chains.map { ObjectName.chain($0.name) })
        let sets = Set(wanted.sets.map { ObjectName.set($0.name) })
        let obsolete = Set(
            observed.chains.map { ObjectName.chain($0.name) }
                + observed.sets.map { ObjectName.set($0.name) }
        ).subtracting(chains).subtracting(sets)
        let purpose = purpose
        delete(obsolete) { name in
            switch name {
            case .chain(let chain): "no longer needed: \(purpose.chain(chain))"
            case .set(let set): "no longer needed: \(purpose.set(set))"
            }
        }
    }
}

extension RuleListDifference.Change {
    /// The observed rule that still has its place when this change's turn comes.
    fileprivate var standing: Int? {
        switch self {
        case .keep(let observed), .replace(let observed, _), .delete(let observed): observed
        case .insert: nil
        }
    }
}

extension Table {
    /// A comment cannot be changed without making the whole table anew, and decides nothing.
    fileprivate func hasSameHeader(as other: Table) -> Bool {
        name == other.name && foreignFlags == other.foreignFlags
    }

    /// The table without the sets and chains that belong to single rules (`{ 22, 80 }`,
    /// `jump { … }`): they have no names of their own and go with their rules.
    fileprivate var withoutBoundObjects: Table {
        var copy = self
        copy.sets.removeAll { $0.foreignFlags & NamedSet.anonymousFlag != 0 }
        copy.chains.removeAll { $0.base == nil && $0.name.hasPrefix("__chain") }
        return copy
    }
}

extension Chain {
    func hasSameHeader(as other: Chain) -> Bool {
        name == other.name && base == other.base && comment == other.comment
    }
}
