// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

@testable import PolicyAnalysis

/// The matrix against the reference evaluator, packet by packet.
@Suite struct ReachabilityAgreementTests {
    /// Between any two peers of random clusters, at both sides of every port at which a policy
    /// changes its mind, and with protocols that have none.
    @Test(arguments: WorldGenerator.Style.allCases)
    func everyPairIsAsTheDocumentationSays(style: WorldGenerator.Style) throws {
        var judged = 0
        var denied = 0
        for seed in UInt64(0)..<40 {
            let world = JudgedWorld(WorldGenerator(seed: seed, size: 5, style: style).world())
            for from in world.reachability.peers.indices {
                for to in world.reachability.peers.indices
                where world.reachability.isConnection(from: from, to: to) {
                    let allowed = world.reachability.allowed(from: from, to: to)
                    for payload in world.payloads {
                        let isAllowed = world.isAllowed(from: from, to: to, payload)
                        let says = allowed.contains(payload.transport, port: payload.port)
                        try #require(
                            says == isAllowed,
                            """
                            seed \(seed): \(world.reachability.peers[from]) to                             \(world.reachability.peers[to]), \(payload): policies \(isAllowed),                             matrix \(allowed)
                            """)
                        judged += 1
                        denied += isAllowed ? 0 : 1
                    }
                }
            }
        }
        print("\(style): \(judged) packets, \(denied) of them denied")
        #expect(denied * 10 > judged, "too few packets are denied for the comparison to tell much")
        #expect((judged - denied) * 10 > judged)
    }

    /// Every address outside is treated like one of the peers outside.
    @Test(arguments: WorldGenerator.Style.allCases)
    func thePeersOutsideAreAllThereAre(style: WorldGenerator.Style) throws {
        var compared = 0
        for seed in UInt64(0)..<20 {
            let world = JudgedWorld(WorldGenerator(seed: seed, size: 3, style: style).world())
            let pods = Set(world.endpoints.flatMap(\.addresses))
            let known = Set(world.outside.flatMap(\.addresses).map { world.treatment(of: $0) })
            var random = SeededGenerator(seed: seed)
            let packets = PacketGenerator(world.state).sample(40, using: &random)
            let addresses = Set(packets.flatMap { [$0.source, $0.destination] }).subtracting(pods)
            for address in addresses {
                try #require(
                    known.contains(world.treatment(of: address)), "seed \(seed): \(address)")
            }
            compared += addresses.count
        }
        #expect(compared > 100)
    }
}

/// A random cluster, its matrix, and the judge.
private struct JudgedWorld {
    let state: ClusterState
    let endpoints: [Endpoint]
    let outside: [OutsidePeer]
    let reachability: Reachability
    let payloads: [Payload]
    private let addresses: [[IPAddress]]
    private let judge: ReferenceEvaluator

    struct Payload: Hashable {
        var transport: IPProtocol
        var port: UInt16?
    }

    init(_ world: ClusterState) {
        var local = world
        // Every endpoint is judged as on its own node, and no node is exempt.
        local.nodes = []
        for index in local.endpoints.indices { local.endpoints[index].node = "here" }
        state = AnalysedCluster(local).state
        endpoints = state.endpoints.filter(\.isPoliced)
        outside = OutsidePeer.all(state.policies, besides: state.endpoints)
        reachability = Reachability(AnalysedCluster(local), outside: outside)
        addresses = endpoints.map(\.addresses) + outside.map(\.addresses)
        judge = ReferenceEvaluator(state, localNode: "here")
        payloads = Self.payloads(of: state)
    }

    /// Each port where something begins, ends, or has just ended, and protocols without ports.
    private static func payloads(of state: ClusterState) -> [Payload] {
        var ports: Set<UInt16> = [0, 1, .max]
        let named = state.endpoints.flatMap(\.namedPorts).map { $0.number...$0.number }
        let ranges = state.policies.flatMap(\.allRules).flatMap { rule -> [ClosedRange<UInt16>] in
            guard case .only(let ports) = rule.ports else { return [] }
            return ports.compactMap {
                if case .numbers(_, let range) = $0 { range } else { nil }
            }
        }
        for range in named + ranges {
            ports.formUnion([range.lowerBound, range.upperBound])
            if range.lowerBound > 0 { ports.insert(range.lowerBound - 1) }
            if range.upperBound < .max { ports.insert(range.upperBound + 1) }
        }
        let others = [1, 2, 47, 50, 58, 255].map { Payload(transport: IPProtocol(rawValue: $0)) }
        return IPProtocol.withPorts.flatMap { transport in
            ports.sorted().map { Payload(transport: transport, port: $0) }
        } + others
    }

    /// Whether the policies allow a packet between some two addresses of one family.
    func isAllowed(from: Int, to: Int, _ payload: Payload) -> Bool {
        addresses[from].contains { source in
            addresses[to].contains { destination in
                source.family == destination.family && isAllowed(source, destination, payload)
            }
        }
    }

    private func isAllowed(
        _ source: IPAddress, _ destination: IPAddress, _ payload: Payload
    ) -> Bool {
        judge.verdict(
            PacketDescription(
                source: source, destination: destination, transport: payload.transport,
                destinationPort: payload.port)
        ).isAllowed
    }

    /// What may pass between an address outside and every pod, in both directions.
    func treatment(of address: IPAddress) -> [Bool] {
        endpoints.flatMap(\.addresses).filter { $0.family == address.family }.flatMap { pod in
            payloads.flatMap { [isAllowed(pod, address, $0), isAllowed(address, pod, $0)] }
        } + [address.family == .ipv4]
    }
}
