// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import Testing

@testable import PolicyAnalysis
@testable import PolicyVerification

/// The matrix against the reference evaluator, packet by packet.
@Suite struct ReachabilityAgreementTests {
    /// Between any two peers of small clusters, at both sides of every port at which a policy changes
    /// its mind, and with protocols that have none.
    @Test(arguments: WorldGenerator.Style.allCases)
    func everyPairIsAsTheDocumentationSays(style: WorldGenerator.Style) throws {
        var tally = Tally()
        for seed in UInt64(0)..<25 {
            let world = JudgedWorld(WorldGenerator(seed: seed, size: 5, style: style).world())
            try compare(world, "seed \(seed)", &tally) { world.payloads }
        }
        print("\(style): \(tally)")
        #expect(tally.tellsMuch, "\(tally)")
    }

    /// Between any two peers of clusters in which many policies meet, with packets drawn at random.
    @Test(arguments: WorldGenerator.Style.allCases)
    func manyPoliciesTogetherAreAsTheDocumentationSays(style: WorldGenerator.Style) throws {
        var tally = Tally()
        for seed in UInt64(100)..<130 {
            let world = JudgedWorld(WorldGenerator(seed: seed, size: 16, style: style).world())
            var random = SeededGenerator(seed: seed)
            try compare(world, "seed \(seed)", &tally) {
                [random.pick(world.payloads), random.pick(world.payloads)]
            }
        }
        print("\(style): \(tally)")
        #expect(tally.tellsMuch, "\(tally)")
    }

    /// The same of all that Calico's objects can say: where source ports or types of ICMP matter, a
    /// port is allowed if it is so whatever they are.
    @Test func calicosWorldsAreAsTheDocumentationSays() throws {
        var tally = Tally()
        for seed in UInt64(0)..<25 {
            let world = JudgedWorld(WorldGenerator(seed: seed, size: 6, style: .calico).world())
            var random = SeededGenerator(seed: seed)
            try compare(world, "seed \(seed)", &tally) {
                [random.pick(world.payloads), random.pick(world.payloads)]
            }
        }
        print("calico: \(tally)")
        #expect(tally.tellsMuch, "\(tally)")
    }

    /// What a comparison has seen.
    private struct Tally: CustomStringConvertible {
        var judged = 0
        var denied = 0

        /// Whether both verdicts are frequent.
        var tellsMuch: Bool { denied * 10 > judged && (judged - denied) * 10 > judged }

        var description: String { "\(judged) packets, \(denied) of them denied" }
    }

    private func compare(
        _ world: JudgedWorld, _ name: String, _ tally: inout Tally,
        payloads: () -> [JudgedWorld.Payload]
    ) throws {
        let peers = world.reachability.peers
        for from in peers.indices {
            for to in peers.indices where world.reachability.isConnection(from: from, to: to) {
                let allowed = world.reachability.allowed(from: from, to: to)
                for payload in payloads() {
                    let isAllowed = world.isAllowed(from: from, to: to, payload)
                    try #require(
                        allowed.contains(payload.transport, port: payload.port) == isAllowed,
                        """
                        \(name): \(peers[from]) to \(peers[to]), \(payload): policies \
                        \(isAllowed), matrix \(allowed)
                        """)
                    tally.judged += 1
                    tally.denied += isAllowed ? 0 : 1
                }
            }
        }
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
    private let words: (ports: [UInt16], messages: [UInt16])

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
        endpoints = state.endpoints.filter { $0.isPoliced && $0.id.kind != .host }
        outside = OutsidePeer.all(state.policies, besides: state.endpoints, in: [state])
        reachability = Reachability(AnalysedCluster(local), outside: outside)
        addresses = endpoints.map(\.addresses) + outside.map(\.addresses)
        judge = ReferenceEvaluator(state, localNode: "here")
        payloads = Self.payloads(of: state)
        words = Self.words(of: state)
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
        firstWords(payload.transport).allSatisfy { word in
            var packet = PacketDescription(
                source: source, destination: destination, transport: payload.transport,
                destinationPort: payload.port)
            switch payload.transport {
            case .icmp, .icmpv6:
                packet.icmpType = UInt8(word >> 8)
                packet.icmpCode = UInt8(word & 0xff)
            default: packet.sourcePort = payload.port == nil ? nil : word
            }
            // Discovery is exempt, and not what a policy allows.
            if judge.exemption(packet) == .neighbourDiscovery { return true }
            return judge.verdict(packet).isAllowed
        }
    }

    /// What the transport header's first word can be, as far as the policies tell it apart.
    private func firstWords(_ transport: IPProtocol) -> [UInt16] {
        switch transport {
        case .icmp, .icmpv6: words.messages
        case .tcp, .udp, .sctp: words.ports
        default: [0]
        }
    }

    /// Each source port and type of ICMP with which something begins or has just ended.
    private static func words(of state: ClusterState) -> (ports: [UInt16], messages: [UInt16]) {
        var ports: Set<UInt16> = [40_000]
        var messages: Set<UInt16> = [0x0900]
        func add(_ range: ClosedRange<UInt16>) {
            ports.formUnion([range.lowerBound, range.upperBound])
            if range.lowerBound > 0 { ports.insert(range.lowerBound - 1) }
            if range.upperBound < .max { ports.insert(range.upperBound + 1) }
        }
        let profiles = state.profiles.flatMap { $0.ingress + $0.egress }
        for rule in state.policies.flatMap(\.allRules) + profiles {
            var sources = rule.conditions.exceptSourcePorts
            var all = rule.conditions.exceptPorts
            if case .only(let list) = rule.conditions.sourcePorts { sources += list }
            if case .only(let list) = rule.ports { all += list }
            for case .numbers(_, let range) in sources { add(range) }
            if sources.contains(where: { if case .named = $0 { true } else { false } }) {
                for port in state.endpoints.flatMap(\.namedPorts) { add(port.number...port.number) }
            }
            for case .icmp(_, let type, let code) in all + sources {
                let word = UInt16(type) << 8 | UInt16(code ?? 0)
                messages.formUnion([word, word | 0xff, UInt16(type) << 8])
            }
        }
        return (ports.sorted(), messages.sorted())
    }

    /// What may pass between an address outside and every pod, in both directions.
    func treatment(of address: IPAddress) -> [Bool] {
        endpoints.flatMap(\.addresses).filter { $0.family == address.family }.flatMap { pod in
            payloads.flatMap { [isAllowed(pod, address, $0), isAllowed(address, pod, $0)] }
        } + [address.family == .ipv4]
    }
}
