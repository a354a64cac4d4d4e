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
struct NumberedSelectors {
    private struct Entry {
        var selector: EndpointSelector
        var filing: SelectorFiling
    }

    private var entries: [Entry?] = []
    private var conditions = SpokenConditions()
    // What is asked of every entry has an array of its own, so that no more of it is touched.
    private var positions: [Int32] = []
    private var spokenKeys: [SpokenKeys] = []
    /// The selectors without their conditions on labels; nil where that leaves nothing to ask.
    private var scopes: [EndpointSelector?] = []
    private var free: [Int32] = []
    private var vocabulary = LabelVocabulary()
    /// By the namespace that the selectors demand; nil for those that demand none.
    private var shelves: [String?: SelectorShelf] = [:]
    /// Selectors that went since the vocabulary was new: what they spoke of is forgotten in time.
    private var removals = 0

    // MARK: Selectors

    /// Takes a selector.
    ///
    /// - Returns: its number, which is the next one or that of one that went.
    mutating func insert(_ selector: EndpointSelector) -> Int32 {
        let number = free.popLast() ?? Int32(entries.count)
        if Int(number) == entries.count {
            entries.append(nil)
            positions.append(0)
            spokenKeys.append(SpokenKeys())
            scopes.append(nil)
        }
        file(selector, number)
        return number
    }

    private mutating func file(_ selector: EndpointSelector, _ number: Int32) {
        var scope: EndpointSelector? = selector
        scope?.labels = .everything
        scopes[Int(number)] = scope == .everyEndpoint ? nil : scope
        let position = conditions.append(selector.labels, &vocabulary)
        positions[Int(number)] = position
        spokenKeys[Int(number)] = conditions.keys(of: position)
        let filing = shelves[selector.demandedNamespace, default: SelectorShelf()]
            .insert(number, selector.labels, vocabulary)
        entries[Int(number)] = Entry(selector: selector, filing: filing)
    }

    /// Forgets the selector of a number.
    mutating func remove(_ number: Int32) {
        guard let entry = entries[Int(number)] else { return }
        let namespace = entry.selector.demandedNamespace
        shelves[namespace]?.remove(number, entry.filing)
        if shelves[namespace]?.isEmpty ?? false { shelves[namespace] = nil }
        entries[Int(number)] = nil
        scopes[Int(number)] = nil
        free.append(number)
        removals += 1
        if removals > entries.count - free.count + 1_000 { renew() }
    }

    /// Files everything anew, under a vocabulary of what is still spoken of.
    private mutating func renew() {
        conditions = SpokenConditions()
        vocabulary = LabelVocabulary()
        shelves = [:]
        removals = 0
        for (number, entry) in entries.enumerated() {
            if let entry { file(entry.selector, Int32(number)) }
        }
    }

    // MARK: Things

    /// The selectors that match the thing, in no particular order.
    func matches(_ target: SelectorTarget) -> [Int32] {
        let words = vocabulary.words(target.labels)
        let features = words.features
        var found: [Int32] = []
        for shelf in shelves(for: target) {
            let concerned = shelf.concerned(by: features)
            for number in concerned where holds(number, words, target) { found.append(number) }
            if shelf.standing.isEmpty { continue }
            let excepted = Set(concerned)
            for number in shelf.standing where !excepted.contains(number) {
                if isInScope(number, target) { found.append(number) }
            }
        }
        return found
    }

    /// The selectors that begin or cease to match a thing whose own labels change and nothing else
    /// of it.
    func turning(
        from old: SelectorTarget, to new: SelectorTarget
    ) -> (gained: [Int32], lost: [Int32]) {
        var gained: [Int32] = []
        var lost: [Int32] = []
        let oldWords = vocabulary.words(old.labels)
        let newWords = vocabulary.words(new.labels)
        let turn = LabelTurn(from: oldWords, to: newWords)
        func ask(_ shelf: SelectorShelf) {
            for number in shelf.concerned(by: turn.features)
            where spokenKeys[Int(number)].meets(turn.keys) {
                let matched = holds(number, oldWords, old)
                if holds(number, newWords, new) == matched { continue }
                if matched { lost.append(number) } else { gained.append(number) }
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
        conditions.holds(positions[Int(number)], words, target) && isInScope(number, target)
    }

    private func isInScope(_ number: Int32, _ target: SelectorTarget) -> Bool {
        scopes[Int(number)]?.matches(target) ?? true
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
