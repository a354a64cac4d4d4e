// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesLowering
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// Unions that are taken apart, because together they would hold the same selectors too many times.
@Suite struct CommonSetsTests {
    private static let seeds = (0..<20).map { UInt64($0) }

    private static func costs(budget: Int) -> CostModel {
        var costs = CostModel()
        costs.elementBudget = budget
        return costs
    }

    private func table(_ state: ClusterState, budget: Int) -> Table {
        NodeCompilation(
            state, node: WorldGenerator.localNode, costs: Self.costs(budget: budget)
        ).table
    }

    @Test("rulesets with unions taken apart decide as the policies say, and are proved")
    func decidesAsThePoliciesSay() throws {
        var others = 0
        for seed in Self.seeds {
            let world = WorldGenerator(seed: seed).world()
            let table = table(world, budget: 0)
            if table != self.table(world, budget: 1 << 20) { others += 1 }
            let ruleset = TableEvaluator(table)
            let reference = ReferenceEvaluator(world, localNode: WorldGenerator.localNode)
            var random = SeededGenerator(seed: seed)
            let own = Set(
                world.nodes.filter { $0.name == WorldGenerator.localNode }.flatMap(\.addresses))
            for packet in PacketGenerator(world).sample(400, using: &random)
            where !own.contains(packet.source) && !own.contains(packet.destination) {
                let fate = try ruleset.evaluate(
                    Packet(packet, isFromThisNode: false), at: .forward)
                let decision = reference.verdict(packet)
                try #require(
                    fate.isAccepted == decision.isAllowed,
                    "seed \(seed): \(packet): policies \(decision), ruleset \(fate)")
            }
            let report = Verification(world, localNode: WorldGenerator.localNode).verify(table)
            #expect(report.outcome == .proved, "seed \(seed): \(report)")
        }
        #expect(others >= Self.seeds.count / 2, "few worlds have unions that share anything")
    }

    @Test(
        "any history: unions are taken apart and put together as from scratch",
        arguments: 0..<16 as Range<UInt64>)
    func followsHistory(seed: UInt64) throws {
        let costs = Self.costs(budget: Int(seed % 4) * 6)
        let pipeline = Pipeline(costs: costs)
        let table = LiveTable(pipeline.program)
        var known = KnownProgram()
        for batch in ChangeSequence(seed: seed) {
            let change = pipeline.apply(batch.changes)
            try known.take(change, pipeline.program)
            let wanted = NodeCompilation(
                batch.state, node: WorldGenerator.localNode, costs: costs)
            known.compare(wanted.program)
            _ = try table.apply(change)
            let isSame = table.table.withoutCapacities == wanted.table.withoutCapacities
            #expect(isSame, "seed \(seed)")
        }
    }

    /// Many pods of the node, each with a policy of its own beside one that lets a large application in.
    private func cluster(pods: Int, clients: Int) -> ClusterState {
        func selector(_ key: String, _ value: String) -> EndpointSelector {
            EndpointSelector(
                namespaces: .named("shop"), labels: .isOneOf(key: key, values: [value]))
        }
        func policy(_ name: String, for subject: EndpointSelector, from: [EndpointSelector])
            -> Policy
        {
            Policy(
                id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: name), order: 1000,
                subject: subject,
                ingress: [Rule(.allow, peers: .only(from.map { .endpoints($0) }))])
        }
        func pod(_ name: String, _ labels: [String: String], _ node: String, _ bits: Int)
            -> Endpoint
        {
            Endpoint(
                id: EndpointID(namespace: "shop", name: name), labels: labels, node: node,
                addresses: [.ipv4(0x0a00_0000 + UInt32(bits))])
        }
        return ClusterState(
            namespaces: [Namespace(name: "shop")],
            endpoints: (0..<pods).map {
                pod("local-\($0)", ["app": "a\($0)"], WorldGenerator.localNode, $0)
            }
                + (0..<clients).map {
                    pod("client-\($0)", ["app": "client"], "elsewhere", 10_000 + $0)
                },
            policies: (0..<pods).map {
                policy(
                    "own-\($0)", for: selector("app", "a\($0)"),
                    from: [selector("app", "a\(($0 + 1) % pods)")])
            } + [
                policy(
                    "clients",
                    for: EndpointSelector(namespaces: .named("shop"), labels: .everything),
                    from: [selector("app", "client")])
            ])
    }

    private func elementCount(_ table: Table) -> Int {
        table.sets.filter { $0.name.hasPrefix("pods") }.reduce(0) { $0 + $1.elements.count }
    }

    @Test("all sets together have at most the members of all selectors and the budget")
    func budget() {
        let state = cluster(pods: 40, clients: 500)
        // Each client once, and each pod of the node once.
        let members = 500 + 40
        let whole = table(state, budget: 1 << 20)
        #expect(elementCount(whole) > 40 * 500)
        for budget in [0, 100, 1_000, 10_000] {
            let count = elementCount(table(state, budget: budget))
            #expect(count <= members + budget, "budget \(budget)")
        }
        // Every class asks for its own peers and for the one set that all have in common.
        let sets = table(state, budget: 1_000).sets.filter { !$0.isVerdictMap && !$0.isInterval }
        #expect(sets.filter { $0.elements.count == 500 }.count == 1)
        #expect(sets.filter { $0.elements.count == 1 }.count == 40)
    }

    @Test(
        "a selector that grows beyond its share comes to stand alone, and is taken back as it shrinks"
    )
    func growth() throws {
        let compilation = LiveCompilation(
            node: WorldGenerator.localNode, costs: Self.costs(budget: 40 * 20))
        var state = ClusterState(tiers: [])
        for clients in [10, 15, 200, 210, 8] {
            let next = cluster(pods: 40, clients: clients)
            _ = compilation.apply(state.changes(to: next))
            state = next
            let wanted = table(next, budget: 40 * 20)
            let isSame = compilation.table.withoutCapacities == wanted.withoutCapacities
            #expect(isSame, "\(clients) clients")
            let isApart = elementCount(wanted) < 40 * clients
            #expect(isApart == (clients >= 200), "\(clients) clients")
        }
    }
}
