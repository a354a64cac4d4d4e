// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Finds, among many selectors, those that match one endpoint, at a cost proportional to the
/// selectors that speak of its namespace or its labels.
struct SelectorIndex<Key: Hashable> {
    /// Where a selector is filed: under the namespace that it demands, and a label that it demands.
    private struct Place: Hashable {
        var namespace: String?
        var pair: LabelPair?
    }

    /// By key, so that of many selectors in one place each can go at once.
    private var entries: [Place: [Key: EndpointSelector]] = [:]

    mutating func insert(_ key: Key, _ selector: EndpointSelector) {
        for place in Self.places(selector) {
            entries[place, default: [:]][key] = selector
        }
    }

    mutating func remove(_ key: Key, _ selector: EndpointSelector) {
        for place in Self.places(selector) {
            entries[place]?[key] = nil
            if entries[place]?.isEmpty ?? false { entries[place] = nil }
        }
    }

    /// An endpoint has one value for a key, so that it finds a selector in one place at most.
    private static func places(_ selector: EndpointSelector) -> [Place] {
        var namespace: String?
        if case .named(let name) = selector.namespaces { namespace = name }
        guard let pairs = selector.labels.demandedPairs else {
            return [Place(namespace: namespace)]
        }
        return pairs.map { Place(namespace: namespace, pair: $0) }
    }

    /// The keys of the selectors that match the endpoint, in no particular order.
    func matches(_ endpoint: Endpoint, _ inherited: InheritedLabels) -> [Key] {
        var keys: [Key] = []
        if entries.isEmpty { return keys }
        for namespace in [nil, endpoint.id.namespace] {
            collect(Place(namespace: namespace), endpoint, inherited, &keys)
            for (key, value) in endpoint.labels {
                let place = Place(
                    namespace: namespace, pair: LabelPair(key: key, value: value))
                collect(place, endpoint, inherited, &keys)
            }
        }
        return keys
    }

    private func collect(
        _ place: Place, _ endpoint: Endpoint, _ inherited: InheritedLabels, _ keys: inout [Key]
    ) {
        guard let selectors = entries[place] else { return }
        for (key, selector) in selectors where selector.matches(endpoint, inherited) {
            keys.append(key)
        }
    }
}
