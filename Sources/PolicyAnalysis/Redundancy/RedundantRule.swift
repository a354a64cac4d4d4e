// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// A rule that allows nothing which other rules do not allow to the same endpoints anyway, in every
/// cluster and not only in the one that is looked at.
public struct RedundantRule: Hashable, Sendable {
    /// The rule that could go.
    public var rule: RuleReference
    /// The rules that allow what it allows, as few as suffice.
    public var coveredBy: [RuleReference]

    /// The redundant rules of these policies. All of them together could go, and no packet would
    /// meet another fate: of rules that cover each other one is not among them, the first.
    ///
    /// Only policies of the standard tier are looked at, whose rules all allow. What the rules say
    /// is compared exactly: sets of addresses and ports by their members, selectors by what they
    /// demand of labels. Whoever removes rules must leave the policies in place, because these
    /// isolate.
    public static func all(in policies: [Policy]) -> [RedundantRule] {
        let allowing = policies.filter { policy in
            policy.id.kind == "NetworkPolicy" && policy.tier == Tier.standard.name
                && Direction.allCases.flatMap { policy.rules($0) ?? [] }
                    .allSatisfy { $0.action == .allow }
        }
        // A rule of another API that stands among them may take packets from those behind it.
        let foreign = policies.filter {
            $0.id.kind != "NetworkPolicy" && $0.tier == Tier.standard.name
        }
        if let first = allowing.min(by: { $0.precedes($1) }),
            let last = allowing.max(by: { $0.precedes($1) }),
            foreign.contains(where: { first.precedes($0) && $0.precedes(last) })
        {
            return []
        }
        // A NetworkPolicy governs one namespace, so that those of others never cover its rules.
        let groups = Dictionary(grouping: allowing) { $0.subject.namespaces }
        let elsewhere = allowing.filter { $0.subject.namespaces.name == nil }
        var found: [RedundantRule] = []
        for (scope, group) in groups {
            let others = scope.name == nil ? allowing : group + elsewhere
            for direction in Direction.allCases {
                found += redundantRules(of: group, among: others, direction)
            }
        }
        return found.sorted { $0.rule.isBefore($1.rule) }
    }

    private static func redundantRules(
        of policies: [Policy], among others: [Policy], _ direction: Direction
    ) -> [RedundantRule] {
        let own = Set(policies.map(\.id))
        var areas = others.sorted { $0.id < $1.id }.flatMap { policy in
            (policy.rules(direction) ?? []).enumerated().map { index, rule in
                RuleArea(
                    rule,
                    at: RuleReference(policy: policy.id, direction: direction, index: index),
                    subject: policy.subject)
            }
        }
        var found: [RedundantRule] = []
        // From the last: of two that cover each other the first stays.
        for index in areas.indices.reversed() where own.contains(areas[index].reference.policy) {
            let area = areas[index]
            var rest = areas
            rest.remove(at: index)
            guard let cover = RuleCover(area, among: rest).smallest, !cover.isEmpty else {
                continue
            }
            found.append(
                RedundantRule(rule: area.reference, coveredBy: cover.map(\.reference)))
            areas = rest
        }
        return found
    }
}

extension NamespaceScope {
    /// The one namespace that is meant, if it is one.
    fileprivate var name: String? {
        if case .named(let name) = self { name } else { nil }
    }
}

extension RuleReference {
    /// By policy, then direction, then position.
    fileprivate func isBefore(_ other: RuleReference) -> Bool {
        policy == other.policy
            ? (direction.rawValue, index) < (other.direction.rawValue, other.index)
            : policy < other.policy
    }
}
