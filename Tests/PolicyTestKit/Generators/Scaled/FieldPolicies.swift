// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Namespaces that are closed but to themselves, to the cluster's ingress and to a few teams.
struct IsolatedNamespaces {
    private let world: ScaledWorld
    private var random: SeededGenerator

    init(_ world: ScaledWorld, _ random: SeededGenerator) {
        self.world = world
        self.random = random
    }

    func list() -> [Policy] {
        var draft = self
        return (0..<world.policies).map { draft.policy($0) }
    }

    private mutating func policy(_ number: Int) -> Policy {
        let namespace = number % world.namespaces
        var turn = number / world.namespaces
        // Half of the namespaces know one other, and no team.
        if turn == 1, random.chance(50) { turn = 2 }
        let own = Peer.endpoints(
            EndpointSelector(
                namespaces: .named(ScaledWorld.namespaceName(namespace)), labels: .everything))
        switch turn {
        case 0:
            return ScaledWorld.networkPolicy(
                "isolated", in: namespace, of: .everything,
                ingress: [Rule(.allow, peers: .only([own]))],
                egress: [ScaledWorld.names, Rule(.allow, peers: .only([own]))])
        case 1:
            let production = Selector.all([
                ScaledWorld.label("team", random.pick(ScaledWorld.teams)),
                .not(ScaledWorld.label("stage", "test")),
            ])
            let team = Peer.endpoints(
                EndpointSelector(
                    namespaces: .labelled(production), labels: ScaledWorld.label("role", "front")))
            return ScaledWorld.networkPolicy(
                "team", in: namespace, of: .everything,
                ingress: [
                    Rule(
                        .allow, peers: .only([team]),
                        ports: .only([
                            .named(.tcp, "http"),
                            ScaledWorld.tcp(random.pick(ScaledWorld.servicePorts)),
                        ]))
                ])
        default:
            let other = random.number(in: 0...(world.namespaces - 1))
            return ScaledWorld.networkPolicy(
                "guest-\(number / world.namespaces)", in: namespace,
                of: ScaledWorld.label("role", "api"),
                ingress: [
                    Rule(
                        .allow,
                        peers: .only([
                            ScaledWorld.peer(
                                ScaledWorld.label("role", "worker"), in: other, from: namespace)
                        ]), ports: .only([ScaledWorld.tcp(random.pick(ScaledWorld.servicePorts))]))
                ])
        }
    }
}

/// A policy for each service that names its callers, and in half of them those that it calls.
struct ServiceGraph {
    private let world: ScaledWorld
    private var random: SeededGenerator

    init(_ world: ScaledWorld, _ random: SeededGenerator) {
        self.world = world
        self.random = random
    }

    func list() -> [Policy] {
        var draft = self
        return (0..<world.policies).map { draft.policy($0) }
    }

    private mutating func policy(_ service: Int) -> Policy {
        let namespace = service % world.namespaces
        let ingress = (0..<random.number(in: 1...3)).map { _ in
            Rule(
                .allow, peers: .only(services(1...4, from: namespace)),
                ports: .only((0..<random.number(in: 1...2)).map { _ in port() }))
        }
        var egress: [Rule]?
        if random.chance(50) {
            egress = [
                ScaledWorld.names,
                Rule(
                    .allow, peers: .only(services(1...3, from: namespace)), ports: .only([port()])),
            ]
        }
        return ScaledWorld.networkPolicy(
            "service-\(service)", in: namespace, of: ScaledWorld.label("app", "app-\(service)"),
            ingress: ingress, egress: egress)
    }

    private mutating func port() -> PortMatch {
        random.chance(10)
            ? .named(.tcp, "http") : ScaledWorld.tcp(random.pick(ScaledWorld.servicePorts))
    }

    private mutating func services(_ count: ClosedRange<Int>, from own: Int) -> [Peer] {
        (0..<random.number(in: count)).map { _ in
            // Most calls stay near: the services of a namespace are so many apart.
            let apart = random.number(in: 0...9) * world.namespaces
            let service =
                random.chance(60)
                ? (own + apart) % world.policies : random.number(in: 0...(world.policies - 1))
            return ScaledWorld.peer(
                ScaledWorld.label("app", "app-\(service)"), in: service % world.namespaces,
                from: own)
        }
    }
}

/// Services that reach blocks outside, drawn from a pool that grows with their number.
struct OutsideBlocks {
    private let world: ScaledWorld
    private var random: SeededGenerator
    private var pool: [Peer] = []

    init(_ world: ScaledWorld, _ random: SeededGenerator) {
        self.world = world
        self.random = random
    }

    func list() -> [Policy] {
        var draft = self
        for _ in 0..<max(10, world.policies / 4) { draft.pool.append(draft.block()) }
        return (0..<world.policies).map { draft.policy($0) }
    }

    private mutating func block() -> Peer {
        if random.chance(10) {
            let bits = UInt128(0x2001_0db8) << 96 | UInt128(random.next() & 0xffff_ffff) << 48
            return .network(CIDR(.ipv6(bits), prefixLength: random.number(in: 48...80)), except: [])
        }
        // Of public addresses, away from the pods'.
        let network = UInt32(random.number(in: 11...126)) << 24 | UInt32(random.next() & 0xff_ffff)
        let length = random.pick(weighted: [8: 1, 12: 2, 16: 10, 20: 15, 24: 40, 28: 15, 32: 17])
        let block = CIDR(.ipv4(network), prefixLength: length)
        guard length < 28, random.chance(30), case .ipv4(let first) = block.network else {
            return .network(block, except: [])
        }
        let exceptions = (0..<random.number(in: 1...4)).map { _ in
            let within = UInt32(random.next() & 0xffff_ffff) & ~UInt32.prefixMask(length)
            return CIDR(
                .ipv4(first | within), prefixLength: min(32, length + random.number(in: 2...8)))
        }
        return .network(block, except: exceptions)
    }

    private mutating func policy(_ service: Int) -> Policy {
        let rules = (0..<random.number(in: 1...3)).map { _ in
            Rule(
                .allow,
                peers: .only((0..<random.number(in: 1...20)).map { _ in random.pick(pool) }),
                ports: random.chance(20)
                    ? .all : .only([ScaledWorld.tcp(random.pick(ScaledWorld.servicePorts))]))
        }
        return ScaledWorld.networkPolicy(
            "egress-\(service)", in: service % world.namespaces,
            of: ScaledWorld.label("app", "app-\(service)"), egress: [ScaledWorld.names] + rules)
    }
}
