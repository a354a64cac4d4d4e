// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import NetfilterKernel
import NftablesModel
import PolicyModel
import PolicyTestKit

/// One namespace in which a ``Soak`` takes place.
struct SoakAct {
    var report: SoakReport

    private let site: AgentSite
    private let storm: ManifestStorm
    private let match: StateMatch
    private let monitor: RulesetMonitor
    private let neighbour: BusyNeighbour
    private let ownership: String
    private var random: SeededGenerator
    private var inForce: Set<Int> = []

    init(
        ownership: String, seed: UInt64, report: SoakReport, random: SeededGenerator
    ) throws {
        self.ownership = ownership
        self.report = report
        self.random = random
        let site = try AgentSite("soak")
        self.site = site
        storm = try ManifestStorm(into: site.folder, seed: seed)
        match = StateMatch { site.wanted($0) }
        monitor = try RulesetMonitor(table: Table.sluiceName, in: site.namespace.forKernel)
        neighbour = BusyNeighbour(in: site.namespace, rate: 500)
    }

    mutating func end() {
        storm.end()
        report.states += storm.states.count
        report.statesInForce += inForce.count
        report.foreignChanges += neighbour.end()
    }

    // MARK: Rounds

    /// Starts an agent in the storm and kills it; then looks at what it has left.
    mutating func round() throws {
        storm.resume()
        _ = try monitor.drain()
        let agent = try start()
        let isTampered = ownership == "monitor" && random.chance(50)
        if isTampered { try tamper() }
        if random.chance(60) {
            try awaitCommit(of: agent)
            usleep(UInt32(random.pick([0, 0, 100, 300, 1_000, 3_000])))
        } else {
            usleep(UInt32(random.number(in: 0...600) * 1_000))
        }
        if let ending = agent.awaitEnd(within: .zero) {
            violation("the agent ended by itself: \(ending)\n\(agent.log.suffix(2_000))")
        }
        agent.kill()
        report.kills += 1
        if isTampered {
            try converge(within: .seconds(30))
        } else {
            try compare()
        }
    }

    private mutating func start() throws -> AgentProcess {
        report.starts += 1
        return try site.start(
            "--ownership", ownership, "--coalesce", "\(random.pick([0, 1, 5, 20]))ms")
    }

    /// Waits for a change of the table, for some time.
    private mutating func awaitCommit(of agent: AgentProcess) throws {
        let deadline = ContinuousClock.now + .seconds(3)
        // Sometimes not the first: that is often the one with which the agent takes over.
        var commits = random.number(in: 1...4)
        while ContinuousClock.now < deadline {
            var event = pollfd(fd: monitor.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&event, 1, 100) > 0 else { continue }
            if try monitor.drain().touched.isEmpty { continue }
            commits -= 1
            if commits == 0 {
                report.killsAfterCommits += 1
                return
            }
        }
    }

    private mutating func tamper() throws {
        for _ in 0..<random.number(in: 1...4) {
            usleep(UInt32(random.number(in: 0...300) * 1_000))
            guard let observed = try? site.read() else { continue }
            let tampering = random.pick(Tampering.all(of: observed))
            // What is named may have gone meanwhile.
            if (try? site.nft(tampering.commands)) != nil { report.tamperings += 1 }
        }
    }

    // MARK: What must hold

    private mutating func compare() throws {
        guard let observed = try site.read() else {
            if match.oldest != nil { violation("the table has gone") }
            return
        }
        let states = storm.states
        report.matches += 1
        if observed.owner != nil { violation("the table belongs to an agent that has ended") }
        if observed.table.foreignFlags != 0 { violation("the table has strange flags") }
        if let found = match.advance(observed.table, in: states) {
            inForce.insert(found)
            if observed.table.sorted.withoutCapacities != observed.table.reachable,
                observed.table.sorted.withoutCapacities != site.wanted(states[found])
            {
                report.matchesAmidChange += 1
            }
        } else {
            let oldest = match.oldest ?? 0
            violation(
                """
                after kill \(report.kills) the table decides by none of the states \(oldest) to \
                \(states.count - 1); from the first it differs in \
                \(match.difference(observed.table, from: oldest, in: states)); from the last in \
                \(match.difference(observed.table, from: states.count - 1, in: states))
                """)
        }
    }

    /// Lets an agent reach the newest state, and ends it.
    mutating func converge(within patience: Duration) throws {
        let number = try storm.pause()
        let start = ContinuousClock.now
        let agent = try self.start()
        let hasConverged = try site.awaitTable(of: storm.states[number], within: patience)
        let duration = (ContinuousClock.now - start) / .seconds(1)
        report.convergences += 1
        report.longestConvergence = max(report.longestConvergence, duration)
        if !hasConverged {
            let observed = try site.read()?.table ?? Table(name: "")
            violation(
                """
                the newest state \(number) is not reached; what packets meet differs in \
                \(match.difference(observed, from: number, in: storm.states))
                \(agent.log.suffix(2_000))
                """)
        }
        agent.kill()
        report.kills += 1
        match.settle(at: number)
        inForce.insert(number)
    }

    private mutating func violation(_ text: String) {
        report.violations.append("\(ownership): \(text)")
    }
}
