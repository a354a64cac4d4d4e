// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import RulesetDiff

/// Carries out transactions on a table in memory, with the kernel's own refusals: nothing may be
/// added twice, nothing that is missing can be deleted or named, nothing that is named can be
/// deleted.
public struct FakeKernel {
    /// The table as it stands; nil if there is none.
    public private(set) var observed: ObservedTable?
    /// How many operations have been carried out.
    public private(set) var operationCount = 0
    private var nextHandle: UInt64 = 1

    public init() {}

    /// An operation that the kernel would refuse, and why.
    public struct Refusal: Error, Hashable, CustomStringConvertible {
        public var operation: Operation
        public var reason: String
        public var description: String { "\(operation): \(reason)" }
    }

    /// All steps or none.
    public mutating func commit(_ transaction: Transaction) throws(Refusal) {
        var copy = self
        for step in transaction.steps { try copy.perform(step.operation) }
        copy.operationCount += transaction.steps.count
        copy.observed?.generation += transaction.isEmpty ? 0 : 1
        self = copy
    }

    private mutating func perform(_ operation: Operation) throws(Refusal) {
        func refuse(_ reason: String) -> Refusal { Refusal(operation: operation, reason: reason) }
        if case .addTable(let name, let comment) = operation {
            guard observed == nil else { throw refuse("exists") }
            observed = ObservedTable(
                table: Table(name: name, comment: comment), rules: [:], generation: 1)
            return
        }
        guard var state = observed else { throw refuse("no table") }
        switch operation {
        case .addTable: break
        case .deleteTable:
            observed = nil
            return
        case .addChain(var chain):
            guard state.chain(chain.name) == nil else { throw refuse("exists") }
            chain.rules = []
            state.table.chains.append(chain)
            state.rules[chain.name] = []
        case .deleteChain(let name):
            guard let position = state.chain(name) else { throw refuse("missing") }
            guard !state.isNamed(.chain(name)) else { throw refuse("in use") }
            state.table.chains.remove(at: position)
            state.rules[name] = nil
        case .addSet(var set):
            guard state.set(set.name) == nil else { throw refuse("exists") }
            set.elements = set.elements.emptied
            state.table.sets.append(set)
        case .deleteSet(let name):
            guard let position = state.set(name) else { throw refuse("missing") }
            guard !state.isNamed(.set(name)) else { throw refuse("in use") }
            state.table.sets.remove(at: position)
        case .addElements(let elements, let set):
            guard let position = state.set(set.name) else { throw refuse("no set") }
            guard state.has(elements.named) else { throw refuse("names what is missing") }
            guard let sum = state.table.sets[position].elements.adding(elements) else {
                throw refuse("an element exists or is of another kind")
            }
            guard sum.count <= state.table.sets[position].capacity ?? .max else {
                throw refuse("the set is full")
            }
            state.table.sets[position].elements = sum
        case .deleteElements(let elements, let set):
            guard let position = state.set(set.name) else { throw refuse("no set") }
            guard let rest = state.table.sets[position].elements.removing(elements) else {
                throw refuse("an element is missing")
            }
            state.table.sets[position].elements = rest
        case .appendRule(let rule, let chain):
            guard let position = state.chain(chain) else { throw refuse("no chain") }
            guard state.has(rule.named) else { throw refuse("names what is missing") }
            state.table.chains[position].rules.append(rule)
            state.rules[chain]!.append(takeHandle())
        case .insertRule(let rule, let chain, let handle):
            guard let (position, index) = state.rule(chain, handle) else { throw refuse("no rule") }
            guard state.has(rule.named) else { throw refuse("names what is missing") }
            state.table.chains[position].rules.insert(rule, at: index)
            state.rules[chain]!.insert(takeHandle(), at: index)
        case .replaceRule(let rule, let chain, let handle):
            guard let (position, index) = state.rule(chain, handle) else { throw refuse("no rule") }
            guard state.has(rule.named) else { throw refuse("names what is missing") }
            state.table.chains[position].rules[index] = rule
            state.rules[chain]![index] = takeHandle()
        case .deleteRule(let chain, let handle):
            guard let (position, index) = state.rule(chain, handle) else { throw refuse("no rule") }
            state.table.chains[position].rules.remove(at: index)
            state.rules[chain]!.remove(at: index)
        }
        observed = state
    }

    private mutating func takeHandle() -> ObservedRule {
        defer { nextHandle += 1 }
        return ObservedRule(handle: nextHandle)
    }
}

/// An object as something else names it.
enum NamedObject: Hashable {
    case chain(String)
    case set(String)
}

extension ObservedTable {
    func chain(_ name: String) -> Int? { table.chains.firstIndex { $0.name == name } }
    func set(_ name: String) -> Int? { table.sets.firstIndex { $0.name == name } }

    func rule(_ chain: String, _ handle: UInt64) -> (chain: Int, rule: Int)? {
        guard let position = self.chain(chain),
            let index = rules[chain]?.firstIndex(where: { $0.handle == handle })
        else { return nil }
        return (position, index)
    }

    func has(_ names: [NamedObject]) -> Bool {
        names.allSatisfy { name in
            switch name {
            case .chain(let chain): self.chain(chain) != nil
            case .set(let set): self.set(set) != nil
            }
        }
    }

    func isNamed(_ name: NamedObject) -> Bool {
        table.chains.contains { $0.rules.contains { $0.named.contains(name) } }
            || table.sets.contains { $0.elements.named.contains(name) }
    }
}

extension Rule {
    var named: [NamedObject] {
        expressions.compactMap { expression in
            switch expression {
            case .lookup(let set, _, _), .verdictLookup(let set, _): .set(set)
            case .verdict(.jump(let chain)), .verdict(.goto(let chain)): .chain(chain)
            default: nil
            }
        }
    }
}
