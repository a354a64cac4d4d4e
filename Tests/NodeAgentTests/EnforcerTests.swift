// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import NodeAgent
import NodeCompiler
import PolicyModel
import PolicyTestKit
import RulesetDiff
import Testing

@Suite struct EnforcerTests {
    @Test(
        "whatever others do and the kernel refuses, the table ends as it is wanted",
        arguments: 0..<45 as Range<UInt64>)
    func survives(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let port = FakePort()
        let enforcer = Enforcer(node: WorldGenerator.localNode, port: port, claims: false)
        enforcer.absorb([])
        try enforcer.settle()
        var last = ClusterState(tiers: [])
        for batch in ChangeSequence(seed: seed) {
            last = batch.state
            if random.chance(20) {
                port.faults = [nil, .batchRefused(table: "sluice", .outOfMemory)]
            }
            if random.chance(20) { port.changeForeignTable() }
            if random.chance(15) { try port.tamper(to: tampered(port, &random)) }
            if random.chance(10) { port.overflow() }
            if random.chance(20) { port.interruptions = [{ $0.changeForeignTable() }] }
            if random.chance(10) {
                let table = tampered(port, &random)
                port.interruptions.append { try $0.tamper(to: table) }
            }
            // As the agent does it: what failed is tried again later.
            do { try enforcer.enforce(batch.changes) } catch is NetlinkError {}
            if random.chance(30) { try? enforcer.clear() }
        }
        port.faults = []
        port.interruptions = []
        try enforcer.watch()
        if !enforcer.isSettled { try enforcer.settle() }
        try enforcer.clear()
        let scratch = NodeCompilation(last, node: WorldGenerator.localNode).table
        #expect(enforcer.wanted.withoutCapacities == scratch.withoutCapacities)
        #expect(port.kernel.observed?.table.sorted.withoutCapacities == scratch.withoutCapacities)
    }

    private func tampered(_ port: FakePort, _ random: inout SeededGenerator) -> Table? {
        port.kernel.observed?.table.tampered(using: &random)
    }

    @Test("in good times nothing is read")
    func readsNothing() throws {
        let port = FakePort()
        let enforcer = Enforcer(node: WorldGenerator.localNode, port: port, claims: false)
        let state = WorldGenerator(seed: 3, size: 20).world()
        enforcer.absorb(state.asChanges)
        try enforcer.settle()
        port.forget()
        for endpoint in state.endpoints.prefix(8) {
            port.changeForeignTable()
            try enforcer.enforce([.endpoint(endpoint.id, nil)])
            try enforcer.enforce([.endpoint(endpoint.id, endpoint)])
            try enforcer.clear()
        }
        #expect(port.wholeReads == 0 && port.partialReads == 0)
        #expect(!port.transactions.isEmpty)
        #expect(enforcer.takeRecord().staleGenerations == 0, "what others did was known in time")
    }

    @Test("a table that is right already is not written to")
    func adopts() throws {
        let state = WorldGenerator(seed: 5, size: 20).world()
        let port = FakePort()
        for _ in 0..<2 {
            let enforcer = Enforcer(node: WorldGenerator.localNode, port: port, claims: false)
            enforcer.absorb(state.asChanges)
            port.forget()
            try enforcer.settle()
        }
        #expect(port.transactions.isEmpty)
    }

    @Test("what others touched is read again, and nothing else")
    func repairsParts() throws {
        let state = WorldGenerator(seed: 7, size: 20).world()
        let port = FakePort()
        let enforcer = Enforcer(node: WorldGenerator.localNode, port: port, claims: false)
        enforcer.absorb(state.asChanges)
        try enforcer.settle()
        port.forget()
        _ = enforcer.takeRecord()
        var table = try #require(port.kernel.observed?.table)
        let chain = try #require(table.chains.firstIndex { $0.name == "isolated" })
        table.chains[chain].rules.insert(Rule([.verdict(.accept)]), at: 0)
        try port.tamper(to: table)
        try enforcer.watch()
        #expect(port.wholeReads == 0 && port.partialReads == 1)
        #expect(port.transactions.flatMap(\.steps).count == 1)
        let record = enforcer.takeRecord()
        #expect(record.drifts.count == 1)
        #expect(record.drifts.first?.culprits == [.init(name: "nft", process: 7)])
        #expect(port.kernel.observed?.table.sorted == enforcer.wanted)
    }

    @Test("notices that were lost matter only if somebody else was there")
    func overflow() throws {
        let port = FakePort()
        let enforcer = Enforcer(node: WorldGenerator.localNode, port: port, claims: false)
        enforcer.absorb(WorldGenerator(seed: 9).world().asChanges)
        try enforcer.settle()
        port.forget()
        port.overflow()
        try enforcer.watch()
        #expect(port.wholeReads == 0)
        port.overflow()
        port.changeForeignTable()
        _ = try port.drain()
        port.overflow()
        try enforcer.watch()
        #expect(port.wholeReads == 1)
    }

    @Test(
        "a set that outgrows its room is made anew without reading the rest", arguments: [1, 100])
    func enlarges(batch: Int) throws {
        let port = FakePort()
        let enforcer = Enforcer(node: LargeCluster.localNode, port: port, claims: false)
        let cluster = LargeCluster(pods: 100, policies: 20, localPods: 10).state()
        enforcer.absorb(cluster.asChanges)
        try enforcer.settle()
        port.forget()
        let model = try #require(cluster.endpoints.last)
        var pods: [ClusterChange] = []
        for number in 0..<150 {
            var pod = model
            pod.id.name = "newcomer-\(number)"
            pod.addresses = [.ipv4(0x0aff_0000 + UInt32(number))]
            pods.append(.endpoint(pod.id, pod))
        }
        var edited = cluster.policies[12]
        for start in stride(from: 0, to: pods.count, by: batch) {
            try enforcer.enforce(pods[start..<min(start + batch, pods.count)])
            // Leaves chains behind that look into the same sets.
            edited.ingress?.append(Rule(.allow, ports: .only([.numbers(.tcp, 1...1)])))
            if start % 20 == 0 { try enforcer.enforce([.policy(edited.id, edited)]) }
            #expect(enforcer.isSettled)
        }
        try enforcer.clear()
        #expect(port.wholeReads == 0 && port.partialReads > 0)
        #expect(port.kernel.observed?.table.sorted == enforcer.wanted)
    }

    @Test("a set that outgrows its room is freed from chains that go with the same change")
    func enlargesBesideGoneChains() throws {
        let port = FakePort()
        let enforcer = Enforcer(node: "node-a", port: port, claims: false)
        func pod(_ name: String, _ app: String, _ address: UInt32, on node: String) -> Endpoint {
            Endpoint(
                id: EndpointID(namespace: "shop", name: name), labels: ["app": app], node: node,
                addresses: [.ipv4(address)])
        }
        func policy(_ app: String) -> Policy {
            func pods(_ app: String) -> EndpointSelector {
                EndpointSelector(
                    namespaces: .named("shop"), labels: .isOneOf(key: "app", values: [app]))
            }
            return Policy(
                id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: app),
                subject: pods(app),
                ingress: [Rule(.allow, peers: .only([.endpoints(pods("front"))]))])
        }
        let state = ClusterState(
            endpoints: [pod("a", "a", 1, on: "node-a"), pod("b", "b", 2, on: "node-a")],
            policies: [policy("a"), policy("b")])
        enforcer.absorb(state.asChanges)
        try enforcer.settle()
        port.forget()
        let fronts = (0..<80).map { number -> ClusterChange in
            let front = pod("front-\(number)", "front", 100 + UInt32(number), on: "node-b")
            return .endpoint(front.id, front)
        }
        try enforcer.enforce(fronts + [.policy(policy("b").id, nil)])
        try enforcer.clear()
        #expect(port.wholeReads == 0)
        #expect(port.kernel.observed?.table.sorted == enforcer.wanted)
    }

    @Test("what was not written is written later")
    func retries() throws {
        let port = FakePort()
        let enforcer = Enforcer(node: WorldGenerator.localNode, port: port, claims: false)
        enforcer.absorb(WorldGenerator(seed: 11).world().asChanges)
        port.faults = [
            .system(attempt: "send", .noBufferSpace), .batchRefused(table: "sluice", .outOfMemory),
            .batchRefused(table: "sluice", .tableFull),
        ]
        #expect(throws: NetlinkError.self) { try enforcer.settle() }
        #expect(throws: NetlinkError.self) { try enforcer.settle() }
        #expect(throws: NetlinkError.self) { try enforcer.settle() }
        #expect(!enforcer.isSettled)
        try enforcer.settle()
        #expect(enforcer.isSettled && port.kernel.observed?.table.sorted == enforcer.wanted)
    }

    @Test(
        "names that collide cost a whole reading for each change, and only for as long as they do")
    func collidingNames() throws {
        let port = FakePort()
        let enforcer = Enforcer(node: CollidingPolicies.node, port: port, claims: false)
        let colliding = CollidingPolicies()
        enforcer.absorb(colliding.state.asChanges)
        try enforcer.settle()
        func reads(_ changes: [ClusterChange]) throws -> Int {
            port.forget()
            try enforcer.enforce(changes)
            #expect(enforcer.isSettled)
            #expect(port.kernel.observed?.table.sorted == enforcer.wanted)
            return port.wholeReads
        }
        let second = colliding.second
        #expect(try reads([.policy(second.id, second)]) == 1)
        #expect(try reads([colliding.peerJoins(1)]) == 1)
        #expect(try reads([.endpoint(EndpointID(namespace: "x", name: "y"), nil)]) == 0)
        // The end of the collision takes one more.
        #expect(try reads([.policy(second.id, nil)]) == 1)
        #expect(try reads([colliding.peerJoins(2)]) == 0)
        #expect(port.transactions.flatMap(\.steps).count == 1)
        try enforcer.clear()
        #expect(port.kernel.observed?.table.sorted == enforcer.wanted)
    }
}
