// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// All policies in the order in which they are asked, profiles last, and which of them govern an
/// endpoint.
package struct Governance: Sendable {
    /// Those of a tier stand together.
    package let policies: [Policy]
    /// The positions of policies that look into one namespace only, by its name, and of all others
    /// under nil.
    private var candidates: [String?: [Int]] = [:]
    /// What selectors see of endpoints.
    let directory: SelectorDirectory
    private let defaults: [String: Tier.DefaultAction]
    private let sight: SelectorSight
    private let profiles: ProfileAssignment
    /// The position of the policy that stands for each profile.
    private let profilePositions: [ProfileAssignment.Entry: Int]
    private var known: [Subject: PolicyStack] = [:]

    /// What the policies' subjects can tell of an endpoint.
    private struct Subject: Hashable {
        var view: SelectorSight.View
        /// Nil where no profiles decide behind the tiers.
        var profiles: [ProfileAssignment.Entry]?
        var direction: Direction
    }

    package init(_ state: ClusterState) {
        defaults = Dictionary(state.tiers.map { ($0.name, $0.defaultAction) }) { first, _ in first }
        // A tier that is not there is asked last and denies by default: it fails closed.
        let missing = Set(state.policies.map(\.tier)).subtracting(defaults.keys).sorted()
        let names = state.tiers.sorted().map(\.name) + missing
        let ranks = Dictionary(zip(names, names.indices)) { first, _ in first }
        let ordered = state.policies.sorted { left, right in
            left.tier == right.tier
                ? left.precedes(right) : ranks[left.tier]! < ranks[right.tier]!
        }
        directory = SelectorDirectory(state)
        sight = SelectorSight(ordered.lazy.map(\.subject), directory)
        profiles = ProfileAssignment(state)
        let entries = Set(state.endpoints.flatMap { [profiles] in profiles.entries(of: $0) ?? [] })
            .sorted()
        profilePositions = Dictionary(
            zip(entries, ordered.count..<ordered.count + entries.count)
        ) { first, _ in first }
        policies = ordered + entries.map { [profiles] in profiles.policy(of: $0) }
        for (position, policy) in ordered.enumerated() {
            let scope: String? =
                if case .named(let name) = policy.subject.namespaces { name } else { nil }
            candidates[scope, default: []].append(position)
        }
    }

    /// The policies that govern an endpoint in a direction, and its profiles behind them.
    ///
    /// The endpoint must be one of the state's.
    package mutating func stack(of endpoint: Endpoint, _ direction: Direction) -> PolicyStack {
        let subject = Subject(
            view: sight.view(of: endpoint), profiles: profiles.entries(of: endpoint),
            direction: direction)
        if let stack = known[subject] { return stack }
        var stack = PolicyStack()
        let target = directory.target(endpoint)
        let positions = (candidates[endpoint.id.namespace] ?? []) + (candidates[nil] ?? [])
        for position in positions.sorted() {
            let policy = policies[position]
            guard policy.rules(direction) != nil, policy.subject.matches(target) else { continue }
            if stack.levels.last?.tier != policy.tier {
                stack.levels.append(
                    .init(
                        tier: policy.tier, defaultAction: defaults[policy.tier] ?? .deny,
                        policies: []))
            }
            stack.levels[stack.levels.count - 1].policies.append(position)
        }
        if let entries = subject.profiles {
            stack.levels.append(
                .init(
                    tier: Profile.tier.name, defaultAction: Profile.tier.defaultAction,
                    policies: entries.map { profilePositions[$0]! }))
        }
        known[subject] = stack
        return stack
    }
}
