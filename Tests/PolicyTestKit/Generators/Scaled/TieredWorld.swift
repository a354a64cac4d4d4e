// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Calico's tiers: feeds of addresses that are kept away, what the platform allows everywhere, what
/// teams keep from each other, and what services are for.
struct TieredWorld {
    private let world: ScaledWorld
    private var random: SeededGenerator

    private static let tiers = [
        Tier(name: "security", order: 10, defaultAction: .pass),
        Tier(name: "platform", order: 20, defaultAction: .pass),
        Tier(name: "team", order: 30, defaultAction: .pass),
        Tier(name: "application", order: 40, defaultAction: .deny),
    ]
    /// How many kinds of threats feeds are labelled with.
    private static let kinds = 20

    init(_ world: ScaledWorld, _ random: SeededGenerator) {
        self.world = world
        self.random = random
    }

    func write(to state: inout ClusterState) {
        var draft = self
        state.tiers = Tier.builtIn + Self.tiers
        state.networkSets = (0..<max(1, world.policies / 50)).map { draft.feed($0) }
        state.policies = (0..<world.policies).map { draft.policy($0) }
    }

    private mutating func feed(_ number: Int) -> NetworkSet {
        let blocks = (0..<random.number(in: 20...100)).map { _ in
            CIDR(
                .ipv4(0x2d00_0000 | UInt32(random.next() & 0xff_ffff)),
                prefixLength: random.pick([20, 24, 24, 24, 32]))
        }
        return NetworkSet(
            id: NetworkSetID(namespace: nil, name: "feed-\(number)"),
            labels: ["feed": "kind-\(number % Self.kinds)"], blocks: blocks)
    }

    private mutating func policy(_ number: Int) -> Policy {
        switch number % 10 {
        // A few for all; of the others each is for some services.
        case 0: number < 200 ? feeds(number) : team(number)
        case 1: platform(number)
        case 2, 3: team(number)
        default: application(number)
        }
    }

    private func selector(_ labels: Selector, in namespace: Int? = nil) -> EndpointSelector {
        EndpointSelector(
            namespaces: namespace.map { .named(ScaledWorld.namespaceName($0)) } ?? .any,
            labels: labels, reach: .everything)
    }

    private func policy(
        _ tier: String, _ number: Int, in namespace: Int?, of labels: Selector,
        ingress: [Rule]? = nil, egress: [Rule]? = nil
    ) -> Policy {
        Policy(
            id: PolicyID(
                kind: namespace == nil ? "GlobalNetworkPolicy" : "NetworkPolicy.projectcalico.org",
                namespace: namespace.map(ScaledWorld.namespaceName),
                name: "\(tier).policy-\(number)"),
            tier: tier, order: Double(number % 100), subject: selector(labels, in: namespace),
            ingress: ingress, egress: egress)
    }

    private mutating func feeds(_ number: Int) -> Policy {
        let kind = ScaledWorld.label("feed", "kind-\(number / 10 % Self.kinds)")
        let rule = Rule(.deny, peers: .only([.endpoints(selector(kind))]))
        return policy("security", number, in: nil, of: .has("app"), ingress: [rule], egress: [rule])
    }

    private mutating func platform(_ number: Int) -> Policy {
        policy(
            "platform", number, in: number % world.namespaces, of: .everything,
            ingress: [Rule(.allow, ports: .only([.icmp(.icmp, type: 8, code: nil)])), Rule(.pass)],
            egress: [Rule(.allow, ports: .only([.numbers(.udp, 53...53)])), Rule(.pass)])
    }

    private mutating func team(_ number: Int) -> Policy {
        let namespace = number % world.namespaces
        let others = EndpointSelector(
            namespaces: .labelled(
                .not(
                    ScaledWorld.label(
                        "team", ScaledWorld.teams[namespace % ScaledWorld.teams.count]))),
            labels: .has("app"), reach: .everything)
        return policy(
            "team", number, in: namespace, of: .has("role"),
            ingress: [
                Rule(
                    .deny, peers: .only([.endpoints(others)]),
                    ports: .only([.numbers(.tcp, 1...UInt16(random.pick([1023, 2047, 4095])))])),
                Rule(.pass),
            ])
    }

    private mutating func application(_ number: Int) -> Policy {
        let namespace = number % world.namespaces
        let caller = (namespace + random.number(in: 0...9) * world.namespaces) % world.policies
        let peer = selector(
            .all([
                ScaledWorld.label("app", "app-\(caller)"),
                .not(ScaledWorld.label("version", "v\(random.number(in: 0...2))")),
            ]), in: namespace)
        let low = random.pick(ScaledWorld.servicePorts)
        return policy(
            "application", number, in: namespace, of: ScaledWorld.label("app", "app-\(number)"),
            ingress: [
                Rule(
                    .allow, peers: .only([.endpoints(peer)]),
                    ports: .only([.numbers(.tcp, low...(low + 10))])),
                Rule(
                    .allow,
                    peers: .only([
                        .addresses(
                            AddressMatch(nets: [
                                CIDR(
                                    .ipv4(0xac10_0000 | UInt32(number & 0xfff) << 8),
                                    prefixLength: 24)
                            ]))
                    ]), ports: .only([ScaledWorld.tcp(443)])),
            ])
    }
}
