// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Network sets, found by name and by label.
struct NetworkSetTable {
    private var sets: [NetworkSetID: NetworkSet] = [:]
    private var byLabel: [LabelPair: Set<NetworkSetID>] = [:]

    subscript(id: NetworkSetID) -> NetworkSet? { sets[id] }

    mutating func put(_ set: NetworkSet?, _ id: NetworkSetID) {
        for pair in sets[id]?.pairs ?? [] {
            byLabel[pair]?.remove(id)
            if byLabel[pair]?.isEmpty ?? false { byLabel[pair] = nil }
        }
        sets[id] = set
        for pair in set?.pairs ?? [] { byLabel[pair, default: []].insert(id) }
    }

    /// Those of a namespace.
    func inNamespace(_ name: String) -> [NetworkSet] {
        sets.values.filter { $0.id.namespace == name }
    }

    /// Those that the selector matches.
    ///
    /// - Complexity: O(*n*) in the sets that carry a label which it demands; in all where it demands
    ///   none.
    func matching(_ selector: EndpointSelector, _ inherited: InheritedLabels) -> [NetworkSet] {
        guard let pairs = selector.labels.demandedPairs else {
            return sets.values.filter { selector.matches(inherited.target($0)) }
        }
        return pairs.flatMap { byLabel[$0] ?? [] }.map { sets[$0]! }
            .filter { selector.matches(inherited.target($0)) }
    }
}

extension NetworkSet {
    fileprivate var pairs: [LabelPair] { labels.map { LabelPair(key: $0, value: $1) } }
}
