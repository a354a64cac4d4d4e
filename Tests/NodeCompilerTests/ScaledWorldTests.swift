// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import NodeCompiler
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// The worlds that large clusters are measured with, at sizes at which every packet can be judged.
@Suite struct ScaledWorldTests {
    private func world(_ style: ScaledWorld.Style, seed: UInt64 = 1) -> ScaledWorld {
        ScaledWorld(style, pods: 40, policies: 40, namespaces: 6, localPods: 8, seed: seed)
    }

    @Test(
        "equal parameters give equal worlds, and other seeds others",
        arguments: ScaledWorld.Style.allCases)
    func isDeterministic(style: ScaledWorld.Style) {
        let state = world(style).state()
        #expect(state == world(style).state())
        #expect(state.endpoints.count == 40)
        #expect(state.endpoints.count { $0.node == ScaledWorld.localNode } == 8)
        #expect(Set(state.endpoints.map(\.id)).count == 40)
        #expect(Set(state.policies.map(\.id)).count == state.policies.count)
        if style != .large { #expect(state != world(style, seed: 2).state()) }
    }

    @Test("hostile worlds are as large as they say")
    func sizes() throws {
        func state(_ style: ScaledWorld.Style) -> ClusterState {
            ScaledWorld(style, pods: 200, policies: 200, localPods: 4).state()
        }
        let peers = try #require(state(.peers).policies.first?.ingress)
        #expect(peers.count == 200 && Set(peers.map(\.peers)).count == 200)
        let ports = try #require(state(.ports).policies.last?.ingress)
        #expect(ports.count == 100 && Set(ports.map(\.ports)).count == 100)
        let block = try #require(state(.exceptions).policies.first?.ingress?.first)
        guard case .only(let blocks) = block.peers, case .network(_, let exceptions) = blocks[0]
        else {
            Issue.record("no block")
            return
        }
        #expect(Set(exceptions).count == 200)
        #expect(state(.crowd).policies.count == 20)
        #expect(state(.overlap).policies.count == 15)
        let labels = state(.ownLabels).endpoints.map { Set($0.labels.keys) }
        #expect(Set(labels).count == 200)
        let smaller = ScaledWorld(.services, pods: 400, policies: 80).divided(by: 4).state()
        #expect(smaller.endpoints.count == 100 && smaller.policies.count == 20)
        #expect(smaller.namespaces.count == 10)
    }

    /// Live and from scratch, the ruleset decides as the policies' documentation says.
    @Test(
        "scaled worlds decide as the policies say", arguments: ScaledWorld.Style.allCases,
        [UInt64(1), 2, 3])
    func decideAsThePoliciesSay(style: ScaledWorld.Style, seed: UInt64) throws {
        let state = world(style, seed: seed).state()
        let live = LiveCompilation(node: ScaledWorld.localNode)
        _ = live.apply(state.asChanges)
        let table = NodeCompilation(state, node: ScaledWorld.localNode).table
        #expect(live.table.withoutCapacities == table.withoutCapacities)
        let ruleset = TableEvaluator(live.table)
        let reference = ReferenceEvaluator(state, localNode: ScaledWorld.localNode)
        let nodes = Set(state.nodes.flatMap(\.addresses))
        var random = SeededGenerator(seed: seed)
        var denied = 0
        var judged = 0
        for packet in PacketGenerator(state).sample(1_500, using: &random)
        where !nodes.contains(packet.source) && !nodes.contains(packet.destination) {
            let fate = try ruleset.evaluate(Packet(packet, isFromThisNode: false), at: .forward)
            let decision = reference.verdict(packet)
            try #require(
                fate.isAccepted == decision.isAllowed,
                "\(style), seed \(seed): \(packet): policies \(decision), ruleset \(fate)")
            judged += 1
            denied += decision.isAllowed ? 0 : 1
        }
        #expect(denied > 0 && denied < judged, "\(style), seed \(seed): \(denied) of \(judged)")
    }

    /// Others can be fed with the same worlds.
    @Test("scaled worlds can be read from manifests", arguments: ScaledWorld.Style.allCases)
    func canBeRead(style: ScaledWorld.Style) {
        let state = world(style).state()
        let source = Source(name: "world.json", text: WorldManifests(state, seed: 1).json)
        let documents = DocumentDecoder().decode([source])
        let assembly = ClusterAssembly(documents)
        let errors = (documents.diagnostics + assembly.diagnostics).filter { $0.severity == .error }
        #expect(errors.isEmpty, "\(errors.map(\.description))")
        let read = NodeCompilation(assembly.state, node: ScaledWorld.localNode).table
        let own = NodeCompilation(state, node: ScaledWorld.localNode).table
        #expect(read.sets.count == own.sets.count && read.chains.count == own.chains.count)
        #expect(
            read.sets.map(\.elements.count).sorted() == own.sets.map(\.elements.count).sorted())
    }
}
