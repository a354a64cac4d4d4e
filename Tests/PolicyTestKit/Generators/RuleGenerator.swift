// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws rules: their peers, their ports and, beyond Kubernetes' own policies, their actions.
struct RuleGenerator {
    private var random: SeededGenerator
    private let style: WorldGenerator.Style
    private var selectors: SelectorGenerator
    private var networks: NetworkGenerator

    init(random: SeededGenerator, style: WorldGenerator.Style, addresses: [IPAddress]) {
        self.random = random
        self.style = style
        selectors = SelectorGenerator(random: self.random.fork(), style: style)
        networks = NetworkGenerator(
            random: self.random.fork(), style: style, addresses: addresses)
    }

    /// Up to three rules for one direction of a policy of this namespace.
    mutating func rules(namespace: String?) -> [Rule] {
        let count = random.pick(weighted: [0: 15, 1: 40, 2: 30, 3: 15])
        return (0..<count).map { _ in
            Rule(action(), peers: peers(namespace: namespace), ports: ports())
        }
    }

    private mutating func action() -> Action {
        switch style {
        case .kubernetes: .allow
        case .tiered, .calico: random.pick(weighted: [.allow: 40, .deny: 25, .pass: 20, .log: 15])
        }
    }

    private mutating func peers(namespace: String?) -> Peers {
        if random.chance(20) { return .anyone }
        let fewest = style == .tiered && random.chance(8) ? 0 : 1
        let count = fewest == 0 ? 0 : random.number(in: 1...3)
        return .only((0..<count).map { _ in peer(namespace: namespace) })
    }

    /// One peer, of every shape that a NetworkPolicy's has: pods of its own namespace, of
    /// namespaces by label or by name, of all namespaces, or a block of addresses.
    private mutating func peer(namespace: String?) -> Peer {
        if random.chance(40) { return networks.network() }
        let pods = selectors.selector(Vocabulary.podLabels)
        return .endpoints(EndpointSelector(namespaces: scope(own: namespace), labels: pods))
    }

    private mutating func scope(own namespace: String?) -> NamespaceScope {
        if let namespace, random.chance(45) { return .named(namespace) }
        if random.chance(20) { return .any }
        if random.chance(15) {
            let name = random.pick(Vocabulary.namespaces)
            return .labelled(.isOneOf(key: Namespace.nameLabel, values: [name]))
        }
        let labels = selectors.selector(Vocabulary.namespaceLabels)
        return labels == .everything ? .any : .labelled(labels)
    }

    private mutating func ports() -> Ports {
        if random.chance(40) { return .all }
        if style == .tiered, random.chance(5) { return .only([]) }
        return .only((0..<random.number(in: 1...3)).map { _ in port() })
    }

    private mutating func port() -> PortMatch {
        if style == .tiered, random.chance(15) {
            return .every(random.pick([.icmp, .icmpv6, Vocabulary.esp]))
        }
        let transport = random.pick(weighted: [IPProtocol.tcp: 60, .udp: 25, .sctp: 15])
        let number = random.pick(Vocabulary.portNumbers)
        return random.pick(weighted: [
            .every(transport): 15, .numbers(transport, number...number): 30,
            .numbers(transport, random.pick(Vocabulary.portRanges)): 30,
            .named(transport, random.pick(Vocabulary.portNames)): 25,
        ])
    }
}
