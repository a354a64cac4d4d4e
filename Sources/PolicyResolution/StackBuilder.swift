// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Finds the policies that select each of a node's endpoints and puts them in order.
struct StackBuilder {
    private let tiers: [Tier]
    private let policies: [Policy]
    /// For each subject and tier the positions in `policies` of those that select it, in the order
    /// in which they are asked.
    private var selected: [[[Int]]]

    /// What the profiles of each subject come to; nil for those that none closes.
    private let profiles: [[Policy]?]

    init(
        subjects: [Endpoint], _ state: ClusterState, _ inherited: InheritedLabels,
        _ profiles: ProfileBook
    ) {
        tiers = Self.ordered(state.tiers, for: state.policies)
        policies = state.policies
        self.profiles = subjects.map { profiles.names(for: $0).map(profiles.policies) }
        let numbers = Dictionary(zip(self.tiers.map(\.name), 0...)) { first, _ in first }
        selected = Array(
            repeating: Array(repeating: [], count: self.tiers.count), count: subjects.count)

        let index = EndpointIndex(subjects, namespaces: state.namespaces, inherited)
        for position in policies.indices {
            let tier = numbers[policies[position].tier]!
            for subject in index.members(of: policies[position].subject) {
                selected[Int(subject)][tier].append(position)
            }
        }
        for subject in selected.indices {
            for tier in self.tiers.indices {
                selected[subject][tier].sort { policies[$0].precedes(policies[$1]) }
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
        var layers = tiers.indices.compactMap { tier -> PolicyStack.Layer? in
            let governing = selected[subject][tier].map { policies[$0] }
                .filter { $0.rules(direction) != nil }
            if governing.isEmpty { return nil }
            return PolicyStack.Layer(tier: tiers[tier], policies: governing)
        }
        if let profiles = profiles[subject] {
            layers.append(PolicyStack.Layer(tier: Profile.tier, policies: profiles))
        }
        return PolicyStack(tiers: layers)
    }
}
