// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyVerification

/// Rules that are never asked, because one before them decides all that they match.
extension LintedCluster {
    /// One finding for each such rule; policies of Kubernetes' NetworkPolicy alone are compared by
    /// ``redundancyFindings``, for their rules have no order.
    var unreachableFindings: [Finding] {
        let tiers = Dictionary(grouping: policies) { $0.policy.tier }
        return tiers.values.flatMap { tier in
            let ordered = tier.sorted { $0.policy.precedes($1.policy) }
            return Direction.allCases.flatMap { unreachable(in: ordered, $0) }
        }
    }

    private func unreachable(in policies: [LintedPolicy], _ direction: Direction) -> [Finding] {
        var asked: [(rule: Rule, place: RuleReference, policy: LintedPolicy)] = []
        var findings: [Finding] = []
        for policy in policies {
            for (index, rule) in (policy.policy.rules(direction) ?? []).enumerated() {
                let place = RuleReference(
                    policy: policy.policy.id, direction: direction, index: index)
                let earlier = asked.first {
                    $0.rule.decidesAll(of: rule)
                        && $0.policy.policy.governsAll(of: policy.policy)
                        && !($0.policy.isKubernetes && policy.isKubernetes)
                }
                if let earlier {
                    findings.append(
                        finding(policy, index, direction, after: earlier.place, earlier.policy))
                } else {
                    asked.append((rule, place, policy))
                }
            }
        }
        return findings
    }

    private func finding(
        _ policy: LintedPolicy, _ index: Int, _ direction: Direction,
        after place: RuleReference, _ earlier: LintedPolicy
    ) -> Finding {
        let field = LintedPolicy.path(place.direction, place.index)
        let name = earlier.policy.id == policy.policy.id ? "" : "\(earlier.name) "
        return policy.finding(
            .unreachableRule, at: LintedPolicy.path(direction, index),
            "is never asked: \(name)\(field) at \(earlier.place(of: place)) decides before it "
                + "about everything that it matches",
            remedy: "remove it, or put it before that rule")
    }
}

extension Rule {
    /// Whether it matches no packet, as one whose domain names or HTTP cannot be asked for (S59, S67).
    private var isNever: Bool { peers == .only([]) || ports == .only([]) }

    /// Whether no packet that the other rule matches gets past this one. Says no where it would need
    /// more than a look.
    fileprivate func decidesAll(of other: Rule) -> Bool {
        !isNever && !other.isNever && action != .log && (peers == .anyone || peers == other.peers)
            && (ports == .all || ports == other.ports)
            && (conditions == .none || conditions == other.conditions)
    }
}

extension Policy {
    /// Whether this policy governs whatever the other one does, for the same packets.
    fileprivate func governsAll(of other: Policy) -> Bool {
        let everything = EndpointSelector.everyEndpoint
        return (subject == other.subject || subject == everything)
            && hostTraffic == other.hostTraffic
    }
}
