// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The cluster's tiers, policies and profiles, and which of them govern an endpoint.
struct LiveStacks {
    private struct Numbered<Value> {
        var value: Value
        /// Another one for each value there ever was.
        var revision: UInt64
    }

    private var tiers: [String: Numbered<Tier>] = [:]
    private var policies: [PolicyID: Numbered<Policy>] = [:]
    private var subjects = SelectorIndex<PolicyID>()
    private(set) var profiles = ProfileBook()
    /// Another number for each value there ever was of a profile that somebody has asked for.
    private var profileRevisions: [String: UInt64] = [:]
    private var latest: UInt64 = 0

    var policyCount: Int { policies.count }

    private mutating func number<Value>(_ value: Value) -> Numbered<Value> {
        latest += 1
        return Numbered(value: value, revision: latest)
    }

    /// - Returns: the selectors for the endpoints that this concerns; none if nothing changes.
    mutating func put(_ policy: Policy?, _ id: PolicyID) -> [EndpointSelector] {
        let old = policies[id]?.value
        if old == policy { return [] }
        if let old, let policy, old.subject == policy.subject {
            policies[id] = number(policy)
            return [policy.subject]
        }
        if let old { subjects.remove(id, old.subject) }
        if let policy { subjects.insert(id, policy.subject) }
        policies[id] = policy.map { number($0) }
        return [old?.subject, policy?.subject].compactMap(\.self)
    }

    /// - Returns: whether anything changes.
    mutating func put(_ tier: Tier?, named name: String) -> Bool {
        if tiers[name]?.value == tier { return false }
        tiers[name] = tier.map { number($0) }
        return true
    }

    /// - Returns: whether anything changes.
    mutating func put(_ profile: Profile?, named name: String) -> Bool {
        if profiles[name] == profile { return false }
        profiles.put(profile, named: name)
        profileRevisions[name] = nil
        return true
    }

    private mutating func revision(ofProfile name: String) -> UInt64 {
        if let known = profileRevisions[name] { return known }
        latest += 1
        profileRevisions[name] = latest
        return latest
    }

    /// The policies that select the endpoint, by tier, in the order in which they are asked.
    func governing(_ endpoint: Endpoint, _ inherited: InheritedLabels) -> [(Tier, [PolicyID])] {
        var byTier: [String: [Policy]] = [:]
        for id in subjects.matches(endpoint, inherited) {
            let policy = policies[id]!.value
            byTier[policy.tier, default: []].append(policy)
        }
        let known = byTier.keys.compactMap { tiers[$0]?.value }.sorted()
        // Policies of a tier that does not exist are asked last, by a tier of that name that denies
        // by default: a missing tier must not open what it closed.
        let missing = byTier.keys.filter { tiers[$0] == nil }.sorted()
            .map { Tier(name: $0, order: .infinity, defaultAction: .deny) }
        return (known + missing).map { tier in
            (tier, byTier[tier.name]!.sorted { $0.precedes($1) }.map(\.id))
        }
    }

    /// The stack of one direction, and what tells it from others.
    mutating func stack(
        of endpoint: Endpoint, _ governing: [(Tier, [PolicyID])], _ direction: Direction
    ) -> (PolicyStack, [UInt64]) {
        var stack = PolicyStack(tiers: [])
        var revisions: [UInt64] = []
        for (tier, ids) in governing {
            let own = ids.map { policies[$0]! }.filter { $0.value.rules(direction) != nil }
            if own.isEmpty { continue }
            stack.tiers.append(.init(tier: tier, policies: own.map(\.value)))
            // No revision is zero: it ends a tier.
            revisions += own.map(\.revision) + [tier.defaultAction == .deny ? 1 : 2, 0]
        }
        if let names = profiles.names(for: endpoint) {
            stack.tiers.append(.init(tier: Profile.tier, policies: profiles.policies(names)))
            revisions += names.map { revision(ofProfile: $0) } + [3, 0]
        }
        return (stack, revisions)
    }
}
