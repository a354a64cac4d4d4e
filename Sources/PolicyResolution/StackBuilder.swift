// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Finds the policies that select each of a node's endpoints and puts them in order.
struct StackBuilder {
    private let tiers: [Tier]
    /// For each tier its policies, first to last.
    private let policies: [[Policy]]
    /// For each subject and tier the positions in `policies` that select it, ascending.
    private var selected: [[[Int]]]

    init(subjects: [Endpoint], namespaces: [Namespace], tiers: [Tier], policies: [Policy]) {
        self.tiers = Self.ordered(tiers, for: policies)
        let numbers = Dictionary(zip(self.tiers.map(\.name), 0...)) { first, _ in first }
        var byTier = [[Policy]](repeating: [], count: self.tiers.count)
        for policy in policies { byTier[numbers[policy.tier]!].append(policy) }
        self.policies = byTier.map { $0.sorted { $0.precedes($1) } }

        let index = EndpointIndex(subjects, namespaces: namespaces)
        selected = Array(
            repeating: Array(repeating: [], count: self.tiers.count), count: subjects.count)
        for (tier, policies) in self.policies.enumerated() {
            for (position, policy) in policies.enumerated() {
                for subject in index.members(of: policy.subject) {
                    selected[Int(subject)][tier].append(position)
                }
            }
        }
    }

    /// The tiers in order. Policies of a tier that does not exist are asked last, by a tier of that
    /// name that denies by default: a missing tier must not open what it closed.
    private static func ordered(_ tiers: [Tier], for policies: [Policy]) -> [Tier] {
        let known = Set(tiers.map(\.name))
        let missing = Set(policies.map(\.tier)).subtracting(known)
        return tiers.sorted()
            + missing.sorted().map { Tier(name: $0, order: .infinity, defaultAction: .deny) }
    }

    func stack(of subject: Int, _ direction: Direction) -> PolicyStack {
        let layers = tiers.indices.compactMap { tier -> PolicyStack.Layer? in
            let governing = selected[subject][tier].map { policies[tier][$0] }
                .filter { $0.rules(direction) != nil }
            if governing.isEmpty { return nil }
            return PolicyStack.Layer(tier: tiers[tier], policies: governing)
        }
        return PolicyStack(tiers: layers)
    }
}
