// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Directions that are governed, or are not, against what the rules look like.
extension LintedPolicy {
    /// Rules that do not count, lists that allow everything, and directions without rules.
    func typeFindings(in cluster: LintedCluster) -> [Finding] {
        emptyLists + ignoredRules + (impliedIsolation.map { [$0] } ?? denials(in: cluster))
    }

    /// S6: empty is everybody.
    private var emptyLists: [Finding] {
        rules.flatMap { direction, path, _ in
            [(direction.peersField, "peer"), ("ports", "port")].compactMap { field, what in
                let field = "\(path).\(field)"
                guard layout.contains(field), layout.count(field) == 0 else { return nil }
                return finding(
                    .emptyListAllowsAll, at: field, "is empty, which means every \(what)",
                    remedy: "remove the field if that is meant; to allow nothing, remove the rule")
            }
        }
    }

    /// S3: rules of a direction that is not listed.
    private var ignoredRules: [Finding] {
        Direction.allCases.compactMap { direction in
            let field = "spec.\(direction.rawValue)"
            guard policy.rules(direction) == nil, layout.count(field) > 0 else { return nil }
            return finding(
                .ignoredRules, at: field,
                "has no effect, because policyTypes does not list \(direction.policyType)",
                remedy: "add \(direction.policyType) to policyTypes, or remove the rules")
        }
    }

    private var listsTypes: Bool { layout.count("spec.policyTypes") > 0 }

    /// S3: without policyTypes, ingress is governed whatever the rules.
    private var impliedIsolation: Finding? {
        guard !listsTypes, policy.egress?.isEmpty == false, policy.ingress?.isEmpty == true else {
            return nil
        }
        return finding(
            .impliedIsolation, at: "spec.egress",
            "without policyTypes the policy governs ingress too, and denies all of it",
            remedy: "write policyTypes: [Egress], or [Ingress, Egress] if that is meant")
    }

    private func denials(in cluster: LintedCluster) -> [Finding] {
        let denied = Direction.allCases.filter { policy.rules($0)?.isEmpty == true }
        guard !denied.isEmpty else { return [] }
        let hasRules = !rules.isEmpty
        // A policy that denies everything says what it wants, and so does one whose pods get their
        // rules from others.
        if hasRules, denied.allSatisfy({ isOpened($0, in: cluster) }) { return [] }
        let directions = denied.map(\.rawValue).joined(separator: " and ")
        let remedy =
            hasRules
            ? "remove \(denied[0].policyType) from policyTypes, unless that is meant"
            : "nothing is to be done if that is meant; other policies may allow some of it"
        return [
            finding(
                .deniesAll, hasRules ? .warning : .note, at: place(ofType: denied[0]),
                "has no rule for \(directions), and so denies all \(directions)", remedy: remedy)
        ]
    }

    private func place(ofType direction: Direction) -> String {
        let types = (0..<layout.count("spec.policyTypes")).map { "spec.policyTypes[\($0)]" }
        return types.first { layout.text($0) == direction.policyType } ?? "spec"
    }

    /// Whether another policy has rules of this direction for pods of this one: for one that there
    /// is or, where no pods are known, for any that there could be.
    private func isOpened(_ direction: Direction, in cluster: LintedCluster) -> Bool {
        let pods = cluster.matches(policy.subject)
        let subjects = Region.subjects(policy.subject)
        return cluster.policies.contains { other in
            guard other.policy.id != policy.id, other.policy.rules(direction)?.isEmpty == false
            else { return false }
            let others = other.policy.subject
            if cluster.hasPods {
                return pods.contains { cluster.targets.matches(others, $0) }
            }
            return subjects.contains { own in
                Region.subjects(others).contains { !own.intersection($0).isEmpty }
            }
        }
    }
}
