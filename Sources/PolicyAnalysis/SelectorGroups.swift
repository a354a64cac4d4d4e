// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The policed endpoints in groups that no selector of the policies tells apart, and which groups
/// each selector matches.
struct SelectorGroups {
    /// The group of each endpoint, by its position.
    let groups: [Int]
    /// How many groups there are.
    let count: Int
    private var matched: [EndpointSelector: BitSet] = [:]

    /// - Parameter endpoints: Policed ones.
    init(_ endpoints: [Endpoint], namespaces: [Namespace], policies: [Policy]) {
        let selectors = Set(policies.flatMap(\.selectors))
        let mentions = LabelMentions(selectors.map(\.labels))
        var numbers: [Key: Int] = [:]
        var samples: [Endpoint] = []
        groups = endpoints.map { endpoint in
            let key = Key(
                namespace: endpoint.id.namespace, labels: mentions.projection(endpoint.labels))
            if let number = numbers[key] { return number }
            numbers[key] = samples.count
            samples.append(endpoint)
            return samples.count - 1
        }
        count = samples.count
        let labels = Dictionary(namespaces.map { ($0.name, $0.effectiveLabels) }) { first, _ in
            first
        }
        let inhabitants = Dictionary(grouping: samples.indices) { samples[$0].id.namespace }
        var scopes: [NamespaceScope: [Int]] = [:]
        for selector in selectors {
            let candidates =
                scopes[selector.namespaces]
                ?? inhabitants.filter { name, _ in
                    selector.namespaces.includes(
                        name, labels: labels[name] ?? Namespace(name: name).effectiveLabels)
                }.flatMap(\.value)
            scopes[selector.namespaces] = candidates
            var groups = BitSet(count: samples.count)
            for group in candidates where selector.labels.matches(samples[group].labels) {
                groups.insert(group)
            }
            matched[selector] = groups
        }
    }

    private struct Key: Hashable {
        var namespace: String
        var labels: [String: String?]
    }

    /// The groups that a selector of the policies matches.
    func groups(of selector: EndpointSelector) -> BitSet {
        matched[selector] ?? BitSet(count: count)
    }
}

extension NamespaceScope {
    /// Whether a namespace is meant.
    fileprivate func includes(_ name: String, labels: [String: String]) -> Bool {
        switch self {
        case .any: true
        case .named(let only): name == only
        case .labelled(let selector): selector.matches(labels)
        }
    }
}

/// The labels and values that selectors ask for. All others are alike to them.
private struct LabelMentions {
    private var values: [String: Set<String>] = [:]

    init(_ selectors: [Selector]) {
        for selector in Set(selectors) { note(selector) }
    }

    private mutating func note(_ selector: Selector) {
        switch selector {
        case .everything: break
        case .has(let key): values[key, default: []].formUnion([])
        case .isOneOf(let key, let values): self.values[key, default: []].formUnion(values)
        case .not(let operand): note(operand)
        case .all(let operands), .any(let operands):
            for operand in operands { note(operand) }
        }
    }

    /// What selectors see of labels: nil stands for any value that none asks for.
    func projection(_ labels: [String: String]) -> [String: String?] {
        var seen: [String: String?] = [:]
        for (key, value) in labels {
            guard let values = values[key] else { continue }
            seen.updateValue(values.contains(value) ? value : nil, forKey: key)
        }
        return seen
    }
}

extension Policy {
    /// The rules of both directions.
    var allRules: [Rule] { (ingress ?? []) + (egress ?? []) }

    /// The selectors of the subject and of every peer.
    var selectors: [EndpointSelector] {
        [subject]
            + allRules.flatMap { rule -> [EndpointSelector] in
                guard case .only(let peers) = rule.peers else { return [] }
                return peers.compactMap {
                    if case .endpoints(let selector) = $0 { selector } else { nil }
                }
            }
    }
}
