// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws the pods of a world: ordinary ones, and the odd ones that engines get wrong.
struct EndpointGenerator {
    var random: SeededGenerator
    let namespaces: [String]
    let nodes: [Node]
    private var count = 0

    init(random: SeededGenerator, namespaces: [String], nodes: [Node]) {
        self.random = random
        self.namespaces = namespaces
        self.nodes = nodes
    }

    /// So many ordinary pods, and up to seven odd ones.
    mutating func endpoints(ordinary: Int) -> [Endpoint] {
        let usual = (0..<ordinary).map { _ in running() }
        var odd: [Endpoint] = []
        if random.chance(80) { odd.append(hostNetwork(on: 0)) }
        if random.chance(50) { odd.append(hostNetwork(on: 1)) }
        if random.chance(80) { odd.append(finished(addresses: random.pick(usual).addresses)) }
        if random.chance(50) { odd.append(finished(addresses: running().addresses)) }
        if random.chance(80) { odd.append(starting()) }
        if random.chance(40) { odd.append(unscheduled()) }
        if random.chance(80) { odd.append(rival(of: random.pick(usual))) }
        return random.shuffled(usual + odd)
    }

    /// A pod with one address, or one of each family, half of the time on the local node.
    private mutating func running() -> Endpoint {
        let node = random.chance(55) ? 0 : random.number(in: 1...(nodes.count - 1))
        let families = random.pick(weighted: [
            [AddressFamily.ipv4]: 35, [.ipv6]: 25, [.ipv4, .ipv6]: 40,
        ])
        var endpoint = blank()
        endpoint.node = nodes[node].name
        endpoint.addresses = families.map { AddressPlan.pod($0, node: node, host: count) }
        return endpoint
    }

    /// A pod on its node's addresses, with labels that selectors match (S14).
    private mutating func hostNetwork(on node: Int) -> Endpoint {
        var endpoint = blank()
        endpoint.node = nodes[node].name
        endpoint.addresses = nodes[node].addresses
        endpoint.usesHostNetwork = true
        return endpoint
    }

    /// A pod that has ended and still shows its addresses, which may be another's by now (S19).
    private mutating func finished(addresses: [IPAddress]) -> Endpoint {
        var endpoint = blank()
        endpoint.node = nodes[0].name
        endpoint.addresses = addresses
        endpoint.isFinished = true
        return endpoint
    }

    /// A pod of the local node without an address yet (S12).
    private mutating func starting() -> Endpoint {
        var endpoint = blank()
        endpoint.node = nodes[0].name
        return endpoint
    }

    private mutating func unscheduled() -> Endpoint { blank() }

    /// A running pod that claims another's addresses: older, newer, or created in the same second
    /// (S20); on the same node or another one.
    private mutating func rival(of other: Endpoint) -> Endpoint {
        var endpoint = blank()
        endpoint.node = random.chance(60) ? other.node : random.pick(nodes).name
        endpoint.addresses = other.addresses
        endpoint.created = other.created + Int64(random.number(in: -1...1)) * 60
        return endpoint
    }

    /// A pod with a name, labels and ports, that is nowhere yet.
    private mutating func blank() -> Endpoint {
        count += 1
        let id = EndpointID(namespace: random.pick(namespaces), name: "pod-\(count)")
        return Endpoint(
            id: id, labels: random.labels(Vocabulary.podLabels), namedPorts: namedPorts(),
            created: 1_760_000_000 + Int64(random.number(in: 0...86_400)))
    }

    /// Up to three named ports; now and then one name twice with different numbers, as two
    /// containers of a pod may have it.
    private mutating func namedPorts() -> [NamedPort] {
        let choices = random.some(random.number(in: 0...3), of: Vocabulary.namedPorts)
        var ports = choices.map {
            NamedPort(name: $0.name, transport: $0.transport, number: random.pick($0.numbers))
        }
        if random.chance(15), let twice = choices.first {
            ports += twice.numbers
                .map { NamedPort(name: twice.name, transport: twice.transport, number: $0) }
                .filter { !ports.contains($0) }
        }
        return ports
    }
}

extension SeededGenerator {
    /// Labels of an object: each key at most once, and often absent.
    mutating func labels(_ choices: [Vocabulary.LabelChoice]) -> [String: String] {
        var labels: [String: String] = [:]
        for choice in choices where chance(65) { labels[choice.key] = pick(choice.values) }
        return labels
    }
}
