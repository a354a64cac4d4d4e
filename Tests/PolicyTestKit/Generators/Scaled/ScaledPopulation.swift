// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The namespaces, nodes and pods of a ``ScaledWorld``.
struct ScaledPopulation {
    private let world: ScaledWorld
    private let locals: Set<Int>
    private let first: Int
    private static let podsPerNode = 100
    private static let roles = ["front", "api", "worker", "store", "dns"]

    init(_ world: ScaledWorld, _ random: SeededGenerator) {
        self.world = world
        var random = random
        var locals: Set<Int> = []
        while locals.count < world.localPods {
            locals.insert(random.number(in: 0...(world.pods - 1)))
        }
        self.locals = locals
        first = locals.min()!
    }

    func namespace(_ number: Int) -> Namespace {
        Namespace(
            name: ScaledWorld.namespaceName(number),
            labels: [
                "team": ScaledWorld.teams[number % ScaledWorld.teams.count],
                "stage": number % 3 == 0 ? "production" : "test",
            ])
    }

    var nodes: [Node] {
        (0...(world.pods / Self.podsPerNode)).map {
            Node(name: "node-\($0)", addresses: [.ipv4(0xc0a8_0001 + UInt32($0))])
        }
    }

    /// The pods; the labels are those that the style's policies speak of.
    func endpoints(_ random: SeededGenerator) -> [Endpoint] {
        var random = random
        return (0..<world.pods).map { pod($0, &random) }
    }

    private func pod(_ number: Int, _ random: inout SeededGenerator) -> Endpoint {
        let suffix = String(random.next() % 60_466_176, radix: 36)
        let replicas = String(UInt64(number / 7) &* 0x9e37_79b9 % 4_294_967_291, radix: 16)
        return Endpoint(
            id: EndpointID(
                namespace: ScaledWorld.namespaceName(namespace(of: number)),
                name: "pod-\(number)-\(replicas)-\(suffix)"),
            labels: labels(number, replicas),
            node: locals.contains(number)
                ? ScaledWorld.localNode : "node-\(1 + number / Self.podsPerNode)",
            addresses: [
                .ipv4(0x0a00_0000 + UInt32(number) + 1),
                .ipv6(UInt128(0xfd00) << 112 + UInt128(number) + 1),
            ],
            namedPorts: [NamedPort(name: "http", transport: .tcp, number: 8080)],
            created: 1_700_000_000 + Int64(number))
    }

    /// Pods of one service stand in one namespace; those of the node where the one policy is.
    private func namespace(of number: Int) -> Int {
        if world.style == .exceptions, locals.contains(number) { return 0 }
        return service(of: number) % world.namespaces
    }

    private func service(of number: Int) -> Int { number % world.policies }

    private func labels(_ number: Int, _ replicas: String) -> [String: String] {
        var labels = ["pod-template-hash": replicas]
        switch world.style {
        case .ownLabels:
            labels["id"] = "id-\(number)"
            labels["owner-\(number)"] = "yes"
            labels["batch"] = "batch-\(number)"
            labels["role"] = locals.contains(number) ? "local" : "remote"
            // The pods of the node in turn, so that policies can be made for them.
            if locals.contains(number) { labels["turn"] = "turn-\(number % 64)" }
        case .overlap:
            let combination = number &* 0x9e37_79b9 >> 7 & (1 << world.combinedLabels - 1)
            for label in 0..<world.combinedLabels where combination >> label & 1 == 1 {
                labels["k\(label)"] = label % 2 == 0 ? "on" : "v\(label)"
            }
        default:
            labels["app"] = "app-\(service(of: number))"
            labels["role"] = Self.roles[number / world.policies % Self.roles.count]
            labels["version"] = "v\(number / world.policies % 3)"
            labels["app.kubernetes.io/part-of"] =
                ScaledWorld.teams[namespace(of: number) % ScaledWorld.teams.count]
            // What the policies of hostile worlds select.
            let isTarget =
                switch world.style {
                case .peers, .ports: locals.contains(number)
                case .crowd: number == first
                default: false
                }
            if isTarget { labels["target"] = "yes" }
        }
        return labels
    }
}
