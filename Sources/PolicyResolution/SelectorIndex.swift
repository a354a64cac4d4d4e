// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Finds, among many selectors, those that match one thing, at a cost proportional to the selectors
/// that speak of its namespace or its labels.
///
/// What a selector says of things without labels is its standing answer. It is filed under labels
/// one of which a thing must carry to get the other answer (``PolicyModel/Selector/demand(for:weight:)``),
/// so that only carriers ask it. Selectors of virtual labels may have no such demand: every thing of
/// the namespace asks them.
package struct SelectorIndex<Key: Hashable> {
    private struct Entry {
        var key: Key
        var selector: EndpointSelector
        var filing: SelectorFiling
    }

    private var entries: [Entry?] = []
    // What is asked of every entry has an array of its own, so that no more of it is touched.
    private var conditions: [SpokenCondition] = []
    private var spokenKeys: [SpokenKeys] = []
    /// The selectors without their conditions on labels; nil where that leaves nothing to ask.
    private var scopes: [EndpointSelector?] = []
    private var free: [Int32] = []
    private var numbers: [Key: Int32] = [:]
    private var vocabulary = LabelVocabulary()
    /// By the namespace that the selectors demand; nil for those that demand none.
    private var shelves: [String?: SelectorShelf] = [:]
    /// Selectors that went since the vocabulary was new: what they spoke of is forgotten in time.
    private var removals = 0

    package init() {}

    // MARK: Selectors

    /// Takes a selector under a key; in place of the one that it has.
    package mutating func insert(_ key: Key, _ selector: EndpointSelector) {
        if numbers[key] != nil { remove(key, selector) }
        let number = free.popLast() ?? Int32(entries.count)
        if Int(number) == entries.count {
            entries.append(nil)
            conditions.append(.always)
            spokenKeys.append(SpokenKeys(of: .always))
            scopes.append(nil)
        }
        numbers[key] = number
        var scope: EndpointSelector? = selector
        scope?.labels = .everything
        scopes[Int(number)] = scope == .everyEndpoint ? nil : scope
        conditions[Int(number)] = SpokenCondition(selector.labels, &vocabulary)
        spokenKeys[Int(number)] = SpokenKeys(of: conditions[Int(number)])
        let namespace = selector.demandedNamespace
        let filing = shelves[namespace, default: SelectorShelf()]
            .insert(number, selector.labels, vocabulary)
        entries[Int(number)] = Entry(key: key, selector: selector, filing: filing)
    }

    /// Forgets the selector of a key.
    package mutating func remove(_ key: Key, _ selector: EndpointSelector) {
        guard let number = numbers.removeValue(forKey: key), let entry = entries[Int(number)]
        else { return }
        let namespace = entry.selector.demandedNamespace
        shelves[namespace]?.remove(number, entry.filing)
        if shelves[namespace]?.isEmpty ?? false { shelves[namespace] = nil }
        entries[Int(number)] = nil
        conditions[Int(number)] = .always
        scopes[Int(number)] = nil
        free.append(number)
        removals += 1
        if removals > numbers.count + 1_000 { renew() }
    }

    /// Files everything anew, under a vocabulary of what is still spoken of.
    private mutating func renew() {
        var renewed = Self()
        for case let entry? in entries { renewed.insert(entry.key, entry.selector) }
        self = renewed
    }

    // MARK: Things

    /// The keys of the selectors that match the thing, in no particular order.
    package func matches(_ target: SelectorTarget) -> [Key] {
        if numbers.isEmpty { return [] }
        let words = vocabulary.words(target.labels)
        let features = words.features
        var keys: [Key] = []
        for shelf in shelves(for: target) {
            let concerned = shelf.concerned(by: features)
            for number in concerned where holds(number, words, target) {
                keys.append(entries[Int(number)]!.key)
            }
            if shelf.standing.isEmpty { continue }
            let excepted = Set(concerned)
            for number in shelf.standing where !excepted.contains(number) {
                if isInScope(number, target) { keys.append(entries[Int(number)]!.key) }
            }
        }
        return keys
    }

    /// The keys of the selectors that begin or cease to match a thing whose own labels change and
    /// nothing else of it.
    ///
    /// Cheaper than to compare two calls of ``matches(_:)``: standing answers are not looked at, nor
    /// selectors that speak of no label that changes.
    package func turning(
        from old: SelectorTarget, to new: SelectorTarget
    ) -> (gained: [Key], lost: [Key]) {
        var gained: [Key] = []
        var lost: [Key] = []
        if numbers.isEmpty { return (gained, lost) }
        let oldWords = vocabulary.words(old.labels)
        let newWords = vocabulary.words(new.labels)
        let turn = LabelTurn(from: oldWords, to: newWords)
        func ask(_ shelf: SelectorShelf) {
            for number in shelf.concerned(by: turn.features)
            where spokenKeys[Int(number)].meets(turn.keys) {
                let matched = holds(number, oldWords, old)
                if holds(number, newWords, new) == matched { continue }
                let key = entries[Int(number)]!.key
                if matched { lost.append(key) } else { gained.append(key) }
            }
        }
        shelves(for: old).forEach(ask)
        // Only the label by which a network set tells its namespace can change this.
        if let name = new.shelfName, name != old.shelfName, let shelf = shelves[name] { ask(shelf) }
        return (gained, lost)
    }

    private func shelves(for target: SelectorTarget) -> [SelectorShelf] {
        var found: [SelectorShelf] = []
        if let shelf = shelves[nil] { found.append(shelf) }
        if let name = target.shelfName, let shelf = shelves[name] { found.append(shelf) }
        return found
    }

    private func holds(
        _ number: Int32, _ words: LabelWords, _ target: SelectorTarget
    ) -> Bool {
        conditions[Int(number)].holds(words, target) && isInScope(number, target)
    }

    private func isInScope(_ number: Int32, _ target: SelectorTarget) -> Bool {
        scopes[Int(number)]?.matches(target) ?? true
    }
}

extension SelectorIndex {
    /// The keys of the selectors that match the endpoint, in no particular order.
    func matches(_ endpoint: Endpoint, _ inherited: InheritedLabels) -> [Key] {
        numbers.isEmpty ? [] : matches(inherited.target(endpoint))
    }
}

extension SelectorTarget {
    /// The shelf for selectors that demand its namespace.
    fileprivate var shelfName: String? { namespace ?? self["projectcalico.org/namespace"] }
}

extension EndpointSelector {
    /// The namespace without which nothing matches.
    fileprivate var demandedNamespace: String? {
        if case .named(let name) = namespaces { return name }
        return labels.demandedNamespace
    }
}
