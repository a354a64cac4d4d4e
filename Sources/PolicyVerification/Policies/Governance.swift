// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Which policies govern an endpoint, tier by tier in the order in which they are asked.
struct Governance {
    /// Policies that look into one namespace only, by its name, and all others under nil.
    private var policies: [String?: [Policy]]
    private let namespaces: [String: Namespace]
    private let tiers: [Tier]

    init(_ state: ClusterState) {
        policies = Dictionary(grouping: state.policies) { policy in
            if case .named(let name) = policy.subject.namespaces { name } else { nil }
        }
        for key in policies.keys { policies[key]!.sort { $0.precedes($1) } }
        namespaces = Dictionary(state.namespaces.map { ($0.name, $0) }) { first, _ in first }
        let known = Set(state.tiers.map(\.name))
        let missing = Set(state.policies.map(\.tier)).subtracting(known).sorted()
        // A tier that is not there is asked last and denies by default: it fails closed.
        tiers =
            state.tiers.sorted()
            + missing.map { Tier(name: $0, order: .infinity, defaultAction: .deny) }
    }

    /// The tiers that have a say about an endpoint in a direction, with the policies that govern it
    /// there, in order; none where no policy governs it.
    func tiers(of endpoint: Endpoint, _ direction: Direction) -> [(tier: Tier, policies: [Policy])]
    {
        let candidates = (policies[endpoint.id.namespace] ?? []) + (policies[nil] ?? [])
        let governing = candidates.filter {
            $0.rules(direction) != nil && selects($0.subject, endpoint)
        }
        if governing.isEmpty { return [] }
        return tiers.compactMap { tier in
            let own = governing.filter { $0.tier == tier.name }.sorted { $0.precedes($1) }
            return own.isEmpty ? nil : (tier, own)
        }
    }

    private func selects(_ selector: EndpointSelector, _ endpoint: Endpoint) -> Bool {
        includes(selector.namespaces, endpoint.id.namespace)
            && selector.labels.matches(endpoint.labels)
    }

    /// Whether a scope includes a namespace, by name or by labels (S7, S11).
    func includes(_ scope: NamespaceScope, _ name: String) -> Bool {
        switch scope {
        case .any: true
        case .named(let only): only == name
        case .labelled(let labels):
            labels.matches((namespaces[name] ?? Namespace(name: name)).effectiveLabels)
        }
    }
}
