// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Glibc
import NetfilterKernel
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import Testing

/// What stays in the kernel between two agents, and who may change it.
@Suite("The agent's table and its restarts", .needsNamespaces, .serialized)
struct AgentRestartTests {
    private static let state = WorldGenerator(seed: 7, size: 20).world()

    /// The state without a policy that has chains of its own.
    private static let changed: ClusterState = {
        func chains(_ state: ClusterState) -> Int {
            NodeCompilation(state.asManifestsSay, node: WorldGenerator.localNode).table.chains.count
        }
        return state.policies.indices.lazy.map { position in
            var copy = state
            copy.policies.remove(at: position)
            return copy
        }.first { chains($0) < chains(state) }!
    }()

    @Test("S76, S77: is its own while it runs, outlives it, and is taken over at the next write")
    func ownership() throws {
        let site = try AgentSite("owner")
        try site.folder.replace(with: Self.state)
        let first = try site.start()
        try #require(try site.awaitTable(of: Self.state), "\(first.log)")
        let owned = try #require(try site.read())
        #expect(owned.owner != nil && owned.isPersistent)
        #expect(throws: LabError.self) { try site.nft("flush chain inet sluice forward") }
        #expect(throws: LabError.self) { try site.nft("delete table inet sluice") }
        #expect(throws: LabError.self) {
            try site.nft("add element inet sluice ingress4 { 192.0.2.1 : accept }")
        }
        try site.nft("flush ruleset")
        #expect(try site.read()?.table == owned.table)
        first.kill()
        let orphan = try #require(try site.read())
        #expect(orphan.table == owned.table && orphan.rules == owned.rules)
        #expect(orphan.owner == nil)

        let monitor = try RulesetMonitor(table: "sluice", in: site.namespace.forKernel)
        let second = try site.start()
        try #require(try site.awaitReady(), "\(second.log)")
        usleep(1_500_000)
        #expect(try monitor.drain() == MonitorReport(), "\(second.log)")
        #expect(try site.ruleset.generation() == orphan.generation)
        try site.folder.replace(with: Self.changed)
        #expect(try site.awaitTable(of: Self.changed), "\(second.log)")
        let claimed = try #require(try site.read())
        #expect(claimed.owner != nil && claimed.owner != owned.owner)
        #expect(throws: LabError.self) { try site.nft("delete table inet sluice") }
    }

    @Test("S76: gets the difference only of what changed between two agents")
    func changesMeanwhile() throws {
        let site = try AgentSite("between")
        try site.folder.replace(with: Self.state)
        let first = try site.start()
        try #require(try site.awaitTable(of: Self.state), "\(first.log)")
        first.kill()
        let last = try #require(try site.read()?.rules["isolated"]?.last)
        try site.nft(
            "replace rule inet sluice isolated handle \(last.handle) counter packets 5 bytes 300 drop"
        )
        let before = try #require(try site.read())
        try site.folder.replace(with: Self.changed)
        let second = try site.start()
        try #require(try site.awaitTable(of: Self.changed), "\(second.log)")
        let after = try #require(try site.read())
        #expect(after.rules["isolated"]?.last?.counter?.packets == 5)
        let kept = Set(before.rules.keys).intersection(after.rules.keys)
        #expect(kept.count > 4 && after.rules.count < before.rules.count)
        for chain in kept.sorted() { #expect(before.rules[chain] == after.rules[chain]) }
    }

    @Test(
        "S70: is right soon while a neighbour changes his own without pause, which costs little")
    func busyNeighbour() throws {
        let site = try AgentSite("busy")
        try site.folder.replace(with: Self.state)
        let agent = try site.start("--log-level", "info")
        try #require(try site.awaitTable(of: Self.state), "\(agent.log)")
        try #require(try site.awaitReady())
        let clock = ContinuousClock()
        let neighbour = BusyNeighbour(in: site.namespace, rate: 2_000)
        usleep(200_000)
        let used = agent.processorTime
        let idle = clock.measure { usleep(3_000_000) }
        let share = (agent.processorTime - used) / (idle / .seconds(1))
        var times: [Duration] = []
        for round in 0..<6 {
            let state = round % 2 == 0 ? Self.changed : Self.state
            let wanted = site.wanted(state).reachable
            let start = clock.now
            try site.folder.replace(with: state)
            #expect(
                try site.waits { try site.read()?.table.reachable == wanted }, "\(agent.log)")
            times.append(clock.now - start)
        }
        let changes = neighbour.end()
        print(
            """
            \(changes) changes by a neighbour: the agent used \(share * 100) % of a processor; \
            own changes in force after \(times.max()!) at most
            """)
        #expect(changes > 2_000)
        #expect(share < 0.25)
        #expect(times.max()! < .seconds(3))
        #expect(try site.awaitTable(of: Self.state), "\(agent.log)")
    }
}
