// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The policies that govern a subject in one direction, tier by tier in the order in which they are
/// asked.
struct PolicyStack: Hashable, Sendable {
    /// One tier's policies, by their positions in the list of policies.
    struct Level: Hashable, Sendable {
        var tier: String
        var defaultAction: Tier.DefaultAction
        var policies: [Int]
    }

    var levels: [Level] = []
}

/// All policies in the order in which they are asked, and whom each governs.
struct PolicyOrder {
    let policies: [Policy]
    private let subjects: [BitSet]
    private let defaults: [String: Tier.DefaultAction]

    init(_ state: ClusterState, groups: SelectorGroups) {
        defaults = Dictionary(state.tiers.map { ($0.name, $0.defaultAction) }) { first, _ in first }
        // A tier that does not exist, or not yet, is asked last and denies by default: an
        // incomplete state fails closed.
        let missing = Set(state.policies.map(\.tier)).subtracting(defaults.keys)
        let names = state.tiers.sorted().map(\.name) + missing.sorted()
        let ranks = Dictionary(zip(names, names.indices)) { first, _ in first }
        policies = state.policies.sorted { left, right in
            left.tier == right.tier
                ? left.precedes(right)
                : ranks[left.tier, default: 0] < ranks[right.tier, default: 0]
        }
        subjects = policies.map { groups.groups(of: $0.subject) }
    }

    /// The policies that govern a group of endpoints.
    func stack(of group: Int, _ direction: Direction) -> PolicyStack {
        var stack = PolicyStack()
        for (position, policy) in policies.enumerated()
        where policy.rules(direction) != nil && subjects[position].contains(group) {
            if stack.levels.last?.tier == policy.tier {
                stack.levels[stack.levels.count - 1].policies.append(position)
            } else {
                stack.levels.append(
                    PolicyStack.Level(
                        tier: policy.tier,
                        defaultAction: defaults[policy.tier] ?? .deny,
                        policies: [position]))
            }
        }
        return stack
    }
}
