// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Selectors by key; finds those that match one thing, at a cost proportional to the selectors that
/// speak of its namespace or its labels (``NumberedSelectors``).
package struct SelectorIndex<Key: Hashable> {
    private var selectors = NumberedSelectors()
    private var numbers: [Key: Int32] = [:]
    private var keys: [Key?] = []

    package init() {}

    /// Takes a selector under a key; in place of the one that it has.
    package mutating func insert(_ key: Key, _ selector: EndpointSelector) {
        if numbers[key] != nil { remove(key, selector) }
        let number = selectors.insert(selector)
        numbers[key] = number
        if Int(number) == keys.count { keys.append(key) } else { keys[Int(number)] = key }
    }

    /// Forgets the selector of a key.
    package mutating func remove(_ key: Key, _ selector: EndpointSelector) {
        guard let number = numbers.removeValue(forKey: key) else { return }
        keys[Int(number)] = nil
        selectors.remove(number)
    }

    /// The keys of the selectors that match the thing, in no particular order.
    package func matches(_ target: SelectorTarget) -> [Key] {
        numbers.isEmpty ? [] : keys(of: selectors.matches(target))
    }

    /// The keys of the selectors that begin or cease to match a thing whose own labels change and
    /// nothing else of it.
    ///
    /// Cheaper than to compare two calls of ``matches(_:)``: standing answers are not looked at, nor
    /// selectors that speak of no label that changes.
    package func turning(
        from old: SelectorTarget, to new: SelectorTarget
    ) -> (gained: [Key], lost: [Key]) {
        if numbers.isEmpty { return ([], []) }
        let (gained, lost) = selectors.turning(from: old, to: new)
        return (keys(of: gained), keys(of: lost))
    }

    private func keys(of numbers: [Int32]) -> [Key] { numbers.map { keys[Int($0)]! } }
}

extension SelectorIndex {
    /// The keys of the selectors that match the endpoint, in no particular order.
    func matches(_ endpoint: Endpoint, _ inherited: InheritedLabels) -> [Key] {
        numbers.isEmpty ? [] : matches(inherited.target(endpoint))
    }
}
