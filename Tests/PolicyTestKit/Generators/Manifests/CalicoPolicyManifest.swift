// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Policies of Calico's own kinds, enforced and staged.
extension ManifestSpelling {
    /// A policy of any kind, as its own API prints it.
    mutating func policy(_ policy: Policy) -> ManifestValue {
        switch policy.id.kind {
        case "NetworkPolicy": networkPolicy(policy)
        case "GlobalNetworkPolicy": calicoPolicy(policy, kind: "GlobalNetworkPolicy")
        case "NetworkPolicy.projectcalico.org": calicoPolicy(policy, kind: "NetworkPolicy")
        default: clusterPolicy(policy)
        }
    }

    /// A staged policy, which has the name of the one that it would become.
    mutating func stagedPolicy(_ staged: StagedPolicy) -> ManifestValue {
        switch staged.action {
        case .set(let policy) where policy.id.kind == "NetworkPolicy":
            return stagedKubernetesPolicy(policy)
        case .set(let policy):
            let action: ManifestValue? = random.chance(50) ? "Set" : nil
            return calicoPolicy(policy, kind: staged.id.kind, stagedAction: action)
        case .delete, .none:
            let isDelete = staged.action != .none
            let action = isDelete ? "Delete" : random.pick(["Learn", "Ignore"])
            return calico(
                staged.id.kind, namespace: staged.id.namespace, name: staged.id.name,
                spec: ["stagedAction": .text(action)])
        }
    }

    private mutating func calicoPolicy(
        _ policy: Policy, kind: String, stagedAction: ManifestValue? = nil
    ) -> ManifestValue {
        let namespace = policy.id.namespace
        let isStandard = policy.tier == Tier.standard.name
        // Clusters store policies of the default tier with its name in front.
        let prefix = form == .stored && isStandard ? "default." : ""
        let subject = policy.subject
        var scope: ManifestValue?
        if case .labelled(let labels) = subject.namespaces { scope = text(labels, .subjects) }
        let traffic = policy.hostTraffic
        let isForwarded = traffic != .local
        return calico(
            kind, namespace: namespace, name: prefix + policy.id.name,
            spec: [
                "applyOnForward": isForwarded ? .word("true") : nil,
                "doNotTrack": traffic == .untracked ? .word("true") : nil,
                "egress": rules(policy, .egress), "ingress": rules(policy, .ingress),
                "namespaceSelector": scope, "order": policy.order.map { decimal($0) },
                "performanceHints": random.chance(5) ? ["AssumeNeededOnEveryNode"] : nil,
                "preDNAT": traffic == .beforeTranslation ? .word("true") : nil,
                "selector": subjectSelector(subject.labels),
                "serviceAccountSelector": subject.serviceAccounts.map { text($0) },
                "stagedAction": stagedAction,
                "tier": isStandard && random.chance(50) ? nil : .text(policy.tier),
                "types": types(policy),
            ])
    }

    /// Nothing at all is `all()`.
    private mutating func subjectSelector(_ labels: Selector) -> ManifestValue? {
        guard labels == .everything else { return text(labels) }
        return random.pick([nil, "", "all()"])
    }

    /// Which directions the policy governs; left out where that is what its rules say (S62).
    private mutating func types(_ policy: Policy) -> ManifestValue? {
        let isImplied: Bool =
            switch (policy.ingress?.isEmpty, policy.egress?.isEmpty) {
            case (_?, nil), (nil, false), (false, false): true
            default: false
            }
        if isImplied, random.chance(50) { return nil }
        let types: [ManifestValue] =
            (policy.ingress == nil ? [] : ["Ingress"]) + (policy.egress == nil ? [] : ["Egress"])
        return .list(random.shuffled(types))
    }

    private mutating func rules(_ policy: Policy, _ direction: Direction) -> ManifestValue? {
        guard let rules = policy.rules(direction) else { return nil }
        if rules.isEmpty { return random.chance(50) ? .list([]) : nil }
        return .list(rules.map { rule($0, direction, namespace: policy.id.namespace) })
    }
}
