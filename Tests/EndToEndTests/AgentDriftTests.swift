// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Glibc
import NftablesModel
import PolicyModel
import PolicyTestKit
import Testing

/// What a running agent makes of others in its table, where it does not own it.
@Suite("The agent and a stranger", .needsNamespaces, .serialized)
struct AgentDriftTests {
    private static let state = WorldGenerator(seed: 7, size: 20).world()
    private static let repaired = "sluice_drift_repaired_total"

    @Test("S77: whatever a stranger does is put right, logged with his name, and counted")
    func repairs() throws {
        let site = try AgentSite("drift")
        try site.nft("add table ip foreign\nadd set ip foreign s { type ipv4_addr; }")
        let foreign = ["nft", "-s", "list", "table", "ip", "foreign"]
        let before = try site.namespace.execute(foreign)
        try site.folder.replace(with: Self.state)
        let agent = try site.start("--ownership", "monitor")
        try #require(try site.awaitTable(of: Self.state), "\(agent.log)")
        try #require(try site.awaitReady())
        let wanted = site.wanted(Self.state)
        let names = Tampering.all(of: try #require(try site.read())).map(\.name)
        #expect(names.count >= 22)
        var times: [Duration] = []
        for name in names + ["everything flushed"] {
            try countPackets(in: site)
            let observed = try #require(try site.read())
            let tampering =
                Tampering.all(of: observed).first { $0.name == name }
                ?? Tampering(name: name, commands: "flush ruleset")
            let isLast = tampering.commands == "flush ruleset"
            let count = try site.metric(Self.repaired) ?? 0
            let seen = agent.log.count
            let start = ContinuousClock.now
            try site.nft(tampering.commands)
            let isRight = try site.waits(within: .seconds(5)) {
                let table = try site.read()?.table.sorted.withoutCapacities
                return table == wanted
            }
            times.append(ContinuousClock.now - start)
            try #require(isRight, "\(name)\n\(agent.log.dropFirst(seen))")
            let isLogged = site.waits {
                agent.log.dropFirst(seen).split(separator: "\n").contains {
                    $0.contains("it was put right") && $0.contains("nft[")
                }
            }
            #expect(isLogged, "\(name)\n\(agent.log.dropFirst(seen))")
            #expect(try site.waits { try site.metric(Self.repaired) ?? 0 > count }, "\(name)")
            if !tampering.touchesIsolated, !isLast {
                #expect(try packetsCounted(in: site) == 5, "\(name)")
            }
            if !isLast { #expect(try site.namespace.execute(foreign) == before, "\(name)") }
        }
        // A stranger's table stays his own, even where it is gone.
        #expect(try !site.namespace.execute(["nft", "list", "tables"]).contains("foreign"))
        times.sort()
        print(
            """
            \(times.count) tamperings put right, nft's own time included: \
            median \(times[times.count / 2]), at most \(times.last!)
            """)
        #expect(times[times.count * 9 / 10] < .seconds(1))
    }

    @Test("S77: what happened while the agent stood still is put right, even if notices were lost")
    func standstill() throws {
        let site = try AgentSite("still")
        try site.folder.replace(with: Self.state)
        let agent = try site.start("--ownership", "monitor")
        try #require(try site.awaitTable(of: Self.state), "\(agent.log)")
        agent.signal(SIGSTOP)
        try site.nft("insert rule inet sluice forward accept")
        // More than a socket has room for.
        let neighbour = BusyNeighbour(in: site.namespace, rate: 1_000_000)
        usleep(1_500_000)
        let changes = neighbour.end()
        try site.nft("flush chain inet sluice dispatch")
        agent.signal(SIGCONT)
        let start = ContinuousClock.now
        #expect(try site.awaitTable(of: Self.state), "\(agent.log)")
        print("put right \(ContinuousClock.now - start) after \(changes) changes of a neighbour")
        #expect(try site.awaitReady())
    }

    /// Makes the counter of denied packets stand at 5, which is not a change of the rule.
    private func countPackets(in site: AgentSite) throws {
        let observed = try #require(try site.read())
        let rule = try #require(observed.rules["isolated"]?.last)
        if rule.counter?.packets == 5 { return }
        try site.nft(
            """
            replace rule inet sluice isolated handle \(rule.handle) counter packets 5 bytes 300 drop
            """)
    }

    private func packetsCounted(in site: AgentSite) throws -> UInt64? {
        try site.read()?.rules["isolated"]?.last?.counter?.packets
    }
}

extension Tampering {
    /// Whether the rule that counts denied packets is made anew.
    fileprivate var touchesIsolated: Bool {
        // A dormant table, too, is made anew.
        commands.contains(" isolated") || name.hasPrefix("the table ")
    }
}
