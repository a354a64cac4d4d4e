// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyVerification

/// What could go without any packet noticing.
extension LintedCluster {
    /// Rules that others cover.
    var redundancyFindings: [Finding] {
        let byID = Dictionary(policies.map { ($0.policy.id, $0) }) { first, _ in first }
        return RedundantRule.all(in: policies.map(\.policy)).compactMap { redundant in
            byID[redundant.rule.policy].map { finding(redundant, in: $0, byID) }
        }
    }

    private func finding(
        _ redundant: RedundantRule, in policy: LintedPolicy, _ policies: [PolicyID: LintedPolicy]
    ) -> Finding {
        let rule = redundant.rule
        let path = LintedPolicy.path(rule.direction, rule.index)
        let rules = policy.policy.rules(rule.direction) ?? []
        let remedy = policy.remedy(removing: rule)
        if let first = rules.firstIndex(of: rules[rule.index]), first < rule.index {
            let place = RuleReference(policy: rule.policy, direction: rule.direction, index: first)
            return policy.finding(
                .duplicateRule, at: path,
                "repeats the rule at \(policy.place(of: place))", remedy: remedy)
        }
        let covers = redundant.coveredBy.map { cover in
            guard let other = policies[cover.policy] else { return "\(cover)" }
            let field = LintedPolicy.path(cover.direction, cover.index)
            let name = cover.policy == rule.policy ? "" : "\(other.name) "
            return "\(name)\(field) at \(other.place(of: cover))"
        }
        return policy.finding(
            .shadowedRule, at: path,
            "allows nothing to its pods that \(covers.joined(separator: " and ")) "
                + "\(covers.count == 1 ? "does" : "do") not allow", remedy: remedy)
    }
}

extension LintedPolicy {
    /// Without policyTypes a policy governs egress only as long as it has rules for it (S3).
    fileprivate func remedy(removing rule: RuleReference) -> String {
        let isLastOfEgress =
            rule.direction == .egress && policy.egress?.count == 1
            && layout.count("spec.policyTypes") == 0
        return isLastOfEgress
            ? "remove it, and write policyTypes: [Ingress, Egress] so that egress stays governed"
            : "remove it"
    }

    /// Entries of a list that stand there already.
    var repetitionFindings: [Finding] {
        rules.flatMap { direction, path, rule -> [Finding] in
            var findings: [Finding] = []
            if case .only(let peers) = rule.peers {
                findings += repetitions(peers, .duplicatePeer, "\(path).\(direction.peersField)")
            }
            if case .only(let ports) = rule.ports {
                findings += repetitions(ports, .duplicatePort, "\(path).ports")
            }
            return findings
        }
    }

    private func repetitions<Value: Hashable>(
        _ values: [Value], _ rule: LintRule, _ path: String
    ) -> [Finding] {
        var first: [Value: Int] = [:]
        return values.enumerated().compactMap { index, value in
            guard let earlier = first[value] else {
                first[value] = index
                return nil
            }
            let line = layout.origin(of: "\(path)[\(earlier)]").line
            return finding(
                rule, at: "\(path)[\(index)]", "repeats the entry at line \(line)",
                remedy: "remove it")
        }
    }
}
