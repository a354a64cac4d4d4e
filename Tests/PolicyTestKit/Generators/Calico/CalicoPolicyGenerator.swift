// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws Calico's policies, staged ones, profiles and the tiers that hold them, among NetworkPolicies
/// and cluster-wide ones.
struct CalicoPolicyGenerator {
    private var random: SeededGenerator
    private let namespaces: [String]
    private let addresses: [IPAddress]
    private var kubernetes: PolicyGenerator
    private var selectors: CalicoSelectorGenerator
    private var peers: CalicoPeerGenerator
    private var rules: CalicoRuleGenerator
    private var cluster: ClusterPolicyGenerator

    init(random: SeededGenerator, namespaces: [String], addresses: [IPAddress]) {
        self.random = random
        self.namespaces = namespaces
        self.addresses = addresses
        kubernetes = PolicyGenerator(
            random: self.random.fork(), style: .kubernetes, namespaces: namespaces,
            addresses: addresses)
        selectors = CalicoSelectorGenerator(random: self.random.fork(), namespaces: namespaces)
        peers = CalicoPeerGenerator(
            random: self.random.fork(), namespaces: namespaces, addresses: addresses)
        rules = CalicoRuleGenerator(
            random: self.random.fork(), namespaces: namespaces, addresses: addresses)
        cluster = ClusterPolicyGenerator(random: self.random.fork(), addresses: addresses)
    }

    /// The tiers that every cluster has and one or two others, some of the same order.
    mutating func tiers() -> [Tier] {
        let others = random.some(
            random.number(in: 1...2),
            of: [("audit", 50.0), ("platform", 100), ("security", 100), ("last", 20_000_000)])
        return Tier.builtIn
            + others.map { name, order in
                Tier(name: name, order: order, defaultAction: random.chance(60) ? .pass : .deny)
            }
    }

    /// So many policies, of all kinds.
    mutating func policies(_ count: Int, tiers: [Tier]) -> [Policy] {
        (0..<count).map { index in
            switch random.number(in: 0...99) {
            case 0..<20: kubernetes.policies(1, tiers: [.standard], from: index)[0]
            case 20..<35: cluster.policy(index)
            default: calico(index, tiers)
            }
        }
    }

    /// A policy of Calico's own kinds.
    private mutating func calico(_ index: Int, _ tiers: [Tier]) -> Policy {
        calico(index, tiers, in: random.chance(50) ? random.pick(namespaces) : nil)
    }

    /// A policy of a namespace or of the cluster, now and then in a tier that nobody has defined.
    private mutating func calico(
        _ index: Int, _ tiers: [Tier], in namespace: String?
    ) -> Policy {
        let own = Tier.builtIn.filter { $0 != .standard }
        let choices = tiers.filter { !own.contains($0) }
        var policy = Policy(
            id: PolicyID(
                kind: namespace == nil ? "GlobalNetworkPolicy" : "NetworkPolicy.projectcalico.org",
                namespace: namespace,
                name: "\(random.pick(["admit", "guard", "open", "shield"]))-\(index)"),
            tier: random.chance(3) ? "undefined" : random.pick(choices).name,
            order: random.pick([nil, 10, 10, 20.5, 1000]), subject: subject(namespace))
        let directions = random.pick(weighted: [
            [Direction.ingress]: 35, [.egress]: 30, [.ingress, .egress]: 35,
        ])
        for direction in directions {
            let rules = rules.rules(namespace: namespace, direction)
            switch direction {
            case .ingress: policy.ingress = rules
            case .egress: policy.egress = rules
            }
        }
        return policy
    }

    private mutating func subject(_ namespace: String?) -> EndpointSelector {
        let global: NamespaceScope = random.chance(70) ? .any : peers.labelled()
        return EndpointSelector(
            namespaces: namespace.map(NamespaceScope.named) ?? global,
            labels: random.chance(75) ? selectors.selector() : .everything,
            serviceAccounts: random.chance(12) ? peers.accounts() : nil, reach: .everything)
    }

    /// Staged policies that would change a great deal if they were enforced: new ones, and others for
    /// policies that there are.
    mutating func staged(beside enforced: [Policy], tiers: [Tier]) -> [StagedPolicy] {
        let targets = enforced.filter { $0.id.stagedKind != nil }
        return random.some(random.number(in: 0...3), of: targets).enumerated().compactMap {
            index, target in
            var policy =
                target.id.kind == "NetworkPolicy"
                ? kubernetes.policies(1, tiers: [.standard], from: 1000 + index)[0]
                : calico(1000 + index, tiers, in: target.id.namespace)
            if policy.id.namespace == target.id.namespace, random.chance(40) {
                policy.id = target.id
            }
            return StagedPolicy(
                random.pick(weighted: [.set(policy): 60, .delete(target.id): 30, .none: 10]),
                of: target.id)
        }
    }

    /// Those that endpoints may name, and now and then other rules for the pods of a namespace or of
    /// an account.
    mutating func profiles() -> [Profile] {
        var profiles = [
            Profile(
                name: "open", labels: ["stage": "prod"], ingress: [Rule(.allow)],
                egress: [Rule(.allow)])
        ]
        var names = ["strict"]
        if random.chance(25) { names.append(Profile.name(ofNamespace: random.pick(namespaces))) }
        if random.chance(15) {
            names.append(
                Profile.name(
                    of: ServiceAccountID(
                        namespace: random.pick(namespaces),
                        name: random.pick(CalicoVocabulary.accounts))))
        }
        for name in names {
            profiles.append(
                Profile(
                    name: name, labels: random.labels(Vocabulary.podLabels),
                    ingress: rules.rules(namespace: nil, .ingress).withoutPass,
                    egress: rules.rules(namespace: nil, .egress).withoutPass))
        }
        return profiles
    }
}

extension [Rule] {
    /// The rules as the APIs allow them where no tier follows.
    var withoutPass: [Rule] {
        map { rule in
            var rule = rule
            if rule.action == .pass { rule.action = .deny }
            return rule
        }
    }
}

extension PolicyID {
    /// The kind of the staged policy that would become one of this kind; nil if there is none.
    fileprivate var stagedKind: String? {
        switch kind {
        case "NetworkPolicy": "StagedKubernetesNetworkPolicy"
        case "NetworkPolicy.projectcalico.org": "StagedNetworkPolicy"
        case "GlobalNetworkPolicy": "StagedGlobalNetworkPolicy"
        default: nil
        }
    }
}

extension StagedPolicy {
    /// A staged policy; it has the name of the one that it would become, or of another that it only
    /// watches.
    fileprivate init?(_ action: Action, of target: PolicyID) {
        var id = target
        if case .set(let policy) = action { id = policy.id }
        guard let kind = id.stagedKind else { return nil }
        id.kind = kind
        self.init(id: id, action: action)
    }
}
