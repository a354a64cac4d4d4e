// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws cluster-wide policies: those of the tiers before and behind NetworkPolicies.
struct ClusterPolicyGenerator {
    private var random: SeededGenerator
    private let addresses: [IPAddress]
    private var selectors: SelectorGenerator
    /// A cluster has one BaselineAdminNetworkPolicy at most.
    private var hasBaseline = false

    init(random: SeededGenerator, addresses: [IPAddress]) {
        self.random = random
        self.addresses = addresses
        selectors = SelectorGenerator(random: self.random.fork(), style: .kubernetes)
    }

    /// The policy of this number, for pods of any namespaces; of any of the three kinds.
    mutating func policy(_ index: Int) -> Policy {
        let tier: Tier = random.chance(55) ? .admin : .baseline
        let isOld = random.chance(35)
        let ingress = rules(.ingress)
        let egress = rules(.egress)
        var policy = Policy(
            id: PolicyID(kind: "ClusterNetworkPolicy", namespace: nil, name: "cluster-\(index)"),
            tier: tier.name, order: Double(random.number(in: 0...3) * 10), subject: pods(),
            ingress: ingress.isEmpty ? nil : ingress, egress: egress.isEmpty ? nil : egress)
        if isOld, tier == .admin {
            policy.id.kind = "AdminNetworkPolicy"
        } else if isOld, !hasBaseline {
            hasBaseline = true
            policy.id.kind = "BaselineAdminNetworkPolicy"
            policy.id.name = "default"
            policy.order = nil
            policy.ingress = policy.ingress?.withoutPass
            policy.egress = policy.egress?.withoutPass
        }
        return policy
    }

    private mutating func rules(_ direction: Direction) -> [Rule] {
        (0..<random.number(in: 0...2)).map { index in
            let isNamed = random.chance(8)
            let protocols = (0..<random.number(in: 1...2)).map { _ in port() }
            let names = isNamed ? namedPorts() : []
            return Rule(
                random.pick(weighted: [.allow: 35, .deny: 35, .pass: 30]),
                peers: .only(
                    (0..<random.number(in: 1...2)).map { _ in
                        // Nobody else has named ports.
                        isNamed ? .endpoints(pods()) : peer(direction)
                    }),
                ports: random.chance(45) && !isNamed ? .all : .only(protocols + names),
                name: "rule-\(index)")
        }
    }

    /// Nodes and blocks are peers of egress alone.
    private mutating func peer(_ direction: Direction) -> Peer {
        if direction == .ingress || random.chance(45) { return .endpoints(pods()) }
        if random.chance(50) { return .network(random.block(around: addresses), except: []) }
        let zone = random.pick(CalicoVocabulary.nodeLabels[0].values)
        return .nodes(random.pick([.everything, .isOneOf(key: "zone", values: [zone])]))
    }

    private mutating func pods() -> EndpointSelector {
        let labels = selectors.selector(Vocabulary.namespaceLabels)
        return EndpointSelector(
            namespaces: labels == .everything ? .any : .labelled(labels),
            labels: selectors.selector(Vocabulary.podLabels))
    }

    private mutating func port() -> PortMatch {
        let transport = random.pick(Vocabulary.transports)
        let number = random.pick(CalicoVocabulary.portNumbers)
        return random.pick(weighted: [
            .numbers(transport, number...number): 55,
            .numbers(transport, random.pick(Vocabulary.portRanges)): 45,
        ])
    }

    /// A port by its name, which stands for those of every protocol.
    private mutating func namedPorts() -> [PortMatch] {
        let name = random.pick(Vocabulary.portNames)
        return [IPProtocol.tcp, .udp, .sctp].map { .named($0, name) }
    }
}
