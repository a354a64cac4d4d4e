// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws a cluster with few labels and many pods: sets outgrow their room, many classes share a set,
/// pods come and go by the dozen, claim each other's addresses, and give port names other numbers.
struct CrowdedWorld {
    private var random: SeededGenerator
    private static let namespaces = ["shop", "pay", "ops"]
    private static let applications = ["api", "db", "web"]

    private init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    static func world(seed: UInt64) -> ClusterState {
        var draft = CrowdedWorld(seed: seed)
        return draft.draw()
    }

    private mutating func draw() -> ClusterState {
        let count = random.pick([10, 40, 90, 180])
        let namespaces = random.some(random.number(in: 2...3), of: Self.namespaces)
        return ClusterState(
            namespaces: namespaces.map {
                Namespace(name: $0, labels: random.labels(Vocabulary.namespaceLabels))
            },
            endpoints: (0..<count).map { pod($0) },
            policies: (0..<random.number(in: 3...10)).map { policy($0) })
    }

    /// The pod of this number: the same name in every world, so that pods change rather than go.
    private mutating func pod(_ number: Int) -> Endpoint {
        let host = random.chance(4) ? UInt32(random.number(in: 0...9)) : UInt32(number)
        var ports: [NamedPort] = []
        if random.chance(70) {
            let numbers: [UInt16] = random.chance(90) ? [80] : [80, 8080, 8081]
            ports = [NamedPort(name: "http", transport: .tcp, number: random.pick(numbers))]
        }
        return Endpoint(
            id: EndpointID(
                namespace: Self.namespaces[number % Self.namespaces.count], name: "pod-\(number)"),
            labels: ["app": random.chance(85) ? "web" : random.pick(Self.applications)],
            node: number < 6 && random.chance(90) ? WorldGenerator.localNode : "beta",
            addresses: [
                AddressPlan.pod(.ipv4, node: 0, host: Int(host)),
                AddressPlan.pod(.ipv6, node: 0, host: Int(host)),
            ],
            namedPorts: ports, created: Int64(random.number(in: 0...3)),
            usesHostNetwork: random.chance(2), isFinished: random.chance(2))
    }

    private mutating func policy(_ number: Int) -> Policy {
        let namespace = random.pick(Self.namespaces)
        let own = NamespaceScope.named(namespace)
        let rules = (0..<random.number(in: 0...2)).map { _ in
            Rule(.allow, peers: .only(peers(own)), ports: ports())
        }
        let isEgress = random.chance(50)
        return Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: namespace, name: "policy-\(number)"),
            order: 1000,
            subject: EndpointSelector(
                namespaces: own, labels: random.chance(60) ? .everything : .has("app")),
            ingress: isEgress ? nil : rules, egress: isEgress ? rules : nil)
    }

    private mutating func peers(_ own: NamespaceScope) -> [Peer] {
        (0..<random.number(in: 1...2)).map { _ in
            let teams = Selector.isOneOf(key: "team", values: [random.pick(["blue", "red"])])
            return .endpoints(
                EndpointSelector(
                    namespaces: random.pick([own, .any, .labelled(teams)]),
                    labels: random.pick([
                        .everything, .isOneOf(key: "app", values: ["web"]),
                        .isOneOf(key: "app", values: ["api", "web"]),
                    ])))
        }
    }

    private mutating func ports() -> Ports {
        random.pick([
            .all, .only([.named(.tcp, "http")]), .only([.named(.tcp, "http")]),
            .only([.numbers(.tcp, 80...80)]),
        ])
    }
}
