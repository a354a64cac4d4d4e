// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// Host endpoints: the compiled ruleset, interpreted hook by hook, against the reference evaluator.
@Suite struct HostAgreementTests {
    @Test("packets by any interface meet the fate that the documentation gives them")
    func agreement() throws {
        var judged = 0
        var denied = 0
        var byHosts = 0
        for seed in UInt64(0)..<40 {
            var world = HostWorld(seed: seed)
            let compilation = NodeCompilation(world.state, node: WorldGenerator.localNode)
            let ruleset = TableEvaluator(compilation.table)
            let reference = ReferenceEvaluator(world.state, localNode: WorldGenerator.localNode)
            let own = Set(
                world.state.nodes.filter { $0.name == WorldGenerator.localNode }
                    .flatMap(\.addresses))
            for packet in world.packets(1000) {
                if own.contains(packet.source), own.contains(packet.destination) { continue }
                let isAccepted = try ruleset.passes(packet, own)
                let decision = reference.verdict(packet)
                let path =
                    "\(packet.inputInterface ?? "-") \(packet.outputInterface ?? "-"), "
                    + "first to \(packet.original.map { "\($0)" } ?? "there too")"
                try #require(
                    isAccepted == decision.isAllowed,
                    "seed \(seed): \(packet) by \(path): policies \(decision)")
                judged += 1
                denied += decision.isAllowed ? 0 : 1
                byHosts += decision.host?.isAllowed ?? true ? 0 : 1
            }
        }
        print("\(judged) packets, \(denied) denied, \(byHosts) of them by host endpoints")
        #expect(byHosts * 20 > judged, "too few are denied by host endpoints to tell much")
    }

    @Test(
        "what is kept up to date is what compiling anew gives", arguments: 0..<30 as Range<UInt64>)
    func live(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let state = HostWorld(seed: seed).state
        let live = LiveCompilation(node: WorldGenerator.localNode)
        for change in random.shuffled(state.asChanges) {
            let former = live.table
            switch live.apply([change]) {
            case .whole: continue
            case .change(let change):
                #expect(
                    former.applying(change)?.withoutCapacities == live.table.withoutCapacities)
            }
        }
        let scratch = NodeCompilation(state, node: WorldGenerator.localNode).table
        #expect(live.table.withoutCapacities == scratch.withoutCapacities)
        for endpoint in state.endpoints where endpoint.id.kind == .host {
            _ = live.apply([.endpoint(endpoint.id, nil)])
        }
        var without = state
        without.endpoints.removeAll { $0.id.kind == .host }
        #expect(
            live.table.withoutCapacities
                == NodeCompilation(without, node: WorldGenerator.localNode).table
                .withoutCapacities)
    }

    @Test("a host endpoint that denies everything leaves the failsafe ports open, and only these")
    func failsafes() throws {
        let node = IPAddress("192.0.2.1")!
        let client = IPAddress("198.51.100.7")!
        var state = HostWorld.singleInterface
        state.policies = HostTraffic.allDenied
        let ruleset = TableEvaluator(NodeCompilation(state, node: "alpha").table)
        let reference = ReferenceEvaluator(state, localNode: "alpha")
        let settings = EnforcementSettings.standard
        for transport in [IPProtocol.tcp, .udp] {
            for port in UInt16(1)...7000 {
                var inbound = PacketDescription(
                    source: client, destination: node, transport: transport,
                    destinationPort: port, sourcePort: 40_000)
                inbound.inputInterface = "eth0"
                let isSpared = settings.failsafeInbound.contains(.init(transport, port))
                #expect(try ruleset.passes(inbound, [node]) == isSpared, "\(inbound)")
                #expect(reference.verdict(inbound).isAllowed == isSpared, "\(inbound)")
                var outbound = PacketDescription(
                    source: node, destination: client, transport: transport,
                    destinationPort: port, sourcePort: 40_000)
                outbound.outputInterface = "eth0"
                let isKept = settings.failsafeOutbound.contains(.init(transport, port))
                #expect(try ruleset.passes(outbound, [node]) == isKept, "\(outbound)")
                #expect(reference.verdict(outbound).isAllowed == isKept, "\(outbound)")
            }
        }
    }
}

extension HostWorld {
    /// A node with one host endpoint, and no policies.
    fileprivate static var singleInterface: ClusterState {
        ClusterState(
            nodes: [Node(name: "alpha", addresses: [IPAddress("192.0.2.1")!])],
            endpoints: [
                Endpoint(
                    id: EndpointID(kind: .host, namespace: "", name: "eth0"), node: "alpha",
                    particulars: EndpointParticulars(interface: "eth0"))
            ])
    }
}

extension HostTraffic {
    /// A policy for each kind of traffic that denies all of it.
    fileprivate static var allDenied: [Policy] {
        let kinds: [HostTraffic] = [.local, .forwardedToo, .beforeTranslation, .untracked]
        return kinds.enumerated().map { number, traffic in
            Policy(
                id: PolicyID(kind: "GlobalNetworkPolicy", namespace: nil, name: "deny-\(number)"),
                subject: .everyEndpoint, ingress: [PolicyModel.Rule(.deny)],
                egress: traffic == .beforeTranslation ? nil : [PolicyModel.Rule(.deny)],
                hostTraffic: traffic)
        }
    }
}

extension TableEvaluator {
    /// Whether a packet gets through all hooks on its way.
    fileprivate func passes(_ packet: PacketDescription, _ own: Set<IPAddress>) throws -> Bool {
        var whole = Packet(packet, isFromThisNode: own.contains(packet.source))
        whole.sourcePort = packet.sourcePort
        whole.inputInterface = packet.inputInterface
        whole.outputInterface = packet.outputInterface
        if packet.inputInterface == nil { return try evaluate(whole, at: .output).isAccepted }
        var arriving = whole
        arriving.outputInterface = nil
        if let original = packet.original {
            arriving.destination = original.address
            arriving.destinationPort = original.port
            arriving.original = nil
        }
        let first = try evaluate(arriving, at: .prerouting)
        if !first.isAccepted { return false }
        if first.isUntracked { whole.connection = .untracked }
        let hook: Hook = own.contains(packet.destination) ? .input : .forward
        return try evaluate(whole, at: hook).isAccepted
    }
}
