// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// All policies in the order in which they are asked, and which of them govern an endpoint.
package struct Governance: Sendable {
    /// Those of a tier stand together.
    package let policies: [Policy]
    /// The positions of policies that look into one namespace only, by its name, and of all others
    /// under nil.
    private var candidates: [String?: [Int]] = [:]
    private let namespaces: [String: Namespace]
    private let defaults: [String: Tier.DefaultAction]
    private let sight: LabelSight
    private var known: [Subject: PolicyStack] = [:]

    /// What the policies' subjects can tell of an endpoint.
    private struct Subject: Hashable {
        var namespace: String
        var labels: [String: String?]
        var direction: Direction
    }

    package init(_ state: ClusterState) {
        defaults = Dictionary(state.tiers.map { ($0.name, $0.defaultAction) }) { first, _ in first }
        // A tier that is not there is asked last and denies by default: it fails closed.
        let missing = Set(state.policies.map(\.tier)).subtracting(defaults.keys).sorted()
        let names = state.tiers.sorted().map(\.name) + missing
        let ranks = Dictionary(zip(names, names.indices)) { first, _ in first }
        policies = state.policies.sorted { left, right in
            left.tier == right.tier
                ? left.precedes(right) : ranks[left.tier]! < ranks[right.tier]!
        }
        namespaces = Dictionary(state.namespaces.map { ($0.name, $0) }) { first, _ in first }
        sight = LabelSight(policies.lazy.map(\.subject.labels))
        for (position, policy) in policies.enumerated() {
            let scope: String? =
                if case .named(let name) = policy.subject.namespaces { name } else { nil }
            candidates[scope, default: []].append(position)
        }
    }

    /// The policies that govern an endpoint in a direction.
    package mutating func stack(of endpoint: Endpoint, _ direction: Direction) -> PolicyStack {
        let subject = Subject(
            namespace: endpoint.id.namespace, labels: sight.view(of: endpoint.labels),
            direction: direction)
        if let stack = known[subject] { return stack }
        var stack = PolicyStack()
        let positions = (candidates[endpoint.id.namespace] ?? []) + (candidates[nil] ?? [])
        for position in positions.sorted() where governs(policies[position], endpoint, direction) {
            let tier = policies[position].tier
            if stack.levels.last?.tier != tier {
                stack.levels.append(
                    .init(tier: tier, defaultAction: defaults[tier] ?? .deny, policies: []))
            }
            stack.levels[stack.levels.count - 1].policies.append(position)
        }
        known[subject] = stack
        return stack
    }

    private func governs(_ policy: Policy, _ endpoint: Endpoint, _ direction: Direction) -> Bool {
        policy.rules(direction) != nil
            && includes(policy.subject.namespaces, endpoint.id.namespace)
            && policy.subject.labels.matches(endpoint.labels)
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
