// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws policies, and the tiers that hold them.
struct PolicyGenerator {
    private var random: SeededGenerator
    private let style: WorldGenerator.Style
    private let namespaces: [String]
    private var selectors: SelectorGenerator
    private var rules: RuleGenerator

    init(
        random: SeededGenerator, style: WorldGenerator.Style, namespaces: [String],
        addresses: [IPAddress]
    ) {
        self.random = random
        self.style = style
        self.namespaces = namespaces
        selectors = SelectorGenerator(random: self.random.fork(), style: style)
        rules = RuleGenerator(random: self.random.fork(), style: style, addresses: addresses)
    }

    /// The standard tier alone, or among others before and behind it, some of the same order.
    mutating func tiers() -> [Tier] {
        guard style == .tiered else { return [.standard] }
        let others = random.some(
            random.number(in: 1...3),
            of: [("security", 100.0), ("platform", 100), ("audit", 50), ("baseline", 2_000_000)])
        return [.standard]
            + others.map { name, order in
                Tier(name: name, order: order, defaultAction: random.chance(60) ? .pass : .deny)
            }
    }

    /// So many policies, the first of this number.
    mutating func policies(_ count: Int, tiers: [Tier], from first: Int = 0) -> [Policy] {
        (first..<first + count).map { index in
            switch style {
            case .kubernetes: networkPolicy(index)
            case .tiered, .calico:
                random.chance(30) ? networkPolicy(index) : tieredPolicy(index, tiers)
            }
        }
    }

    /// A policy as a Kubernetes NetworkPolicy describes it.
    private mutating func networkPolicy(_ index: Int) -> Policy {
        let namespace = random.pick(namespaces)
        var policy = Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: namespace, name: name(index)),
            order: 1000,
            subject: EndpointSelector(
                namespaces: .named(namespace), labels: selectors.selector(Vocabulary.podLabels)))
        govern(&policy)
        return policy
    }

    /// A policy of an API with tiers: anywhere in the order, for any endpoints, and now and then
    /// in a tier that nobody has defined.
    private mutating func tieredPolicy(_ index: Int, _ tiers: [Tier]) -> Policy {
        let namespace = random.chance(30) ? random.pick(namespaces) : nil
        let kind = namespace == nil ? "GlobalNetworkPolicy" : "NetworkPolicy"
        let labels = selectors.selector(Vocabulary.podLabels)
        let others = NamespaceScope.labelled(selectors.selector(Vocabulary.namespaceLabels))
        var policy = Policy(
            id: PolicyID(kind: kind, namespace: namespace, name: name(index)),
            tier: random.chance(4) ? "undefined" : random.pick(tiers).name,
            order: random.pick([nil, 10, 10, 20, 1000]),
            subject: EndpointSelector(
                namespaces: namespace.map(NamespaceScope.named) ?? random.pick([.any, others]),
                labels: labels))
        govern(&policy)
        return policy
    }

    /// Gives a policy rules for ingress, egress or both.
    private mutating func govern(_ policy: inout Policy) {
        let directions = random.pick(weighted: [
            [Direction.ingress]: 40, [.egress]: 25, [.ingress, .egress]: 35,
        ])
        for direction in directions {
            let rules = rules.rules(namespace: policy.id.namespace)
            switch direction {
            case .ingress: policy.ingress = rules
            case .egress: policy.egress = rules
            }
        }
    }

    /// A name that is the policy's own and sorts anywhere among the others.
    private mutating func name(_ index: Int) -> String {
        "\(random.pick(["admit", "guard", "open", "shield"]))-\(index)"
    }
}
