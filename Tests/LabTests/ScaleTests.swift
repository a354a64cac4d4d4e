// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import Testing

/// How long the lab takes: the times are printed, and only lost probes are errors.
@Suite(.needsLab, .serialized)
struct ScaleTests {
    @Test func allPairsOfFourteenHosts() throws {
        let clock = ContinuousClock()
        let ports: [UInt16] = [80, 443, 5_432, 8_080]
        var built: Lab?
        let building = try clock.measure { built = try SampleLab.large(servedPorts: ports) }
        let lab = try #require(built)

        let pods = (1...12).map { LabEndpoint.host("pod-\($0)") }
        let probes = try ports.flatMap { port in
            try [ProbeProtocol.tcp, .udp, .sctp].flatMap {
                try lab.pairProbes($0, port: port, from: pods, to: pods)
            }
        }
        let answers = Array(repeating: Outcome.answered, count: probes.count)
        var report = "lab of 14 hosts: built in \(building)"
        for (name, batch) in [("1,500", probes.shuffled().prefix(1_500)), ("all", probes[...])] {
            var outcomes: [Outcome] = []
            let batch = Array(batch)
            let probing = try clock.measure { outcomes = try lab.prober.run(batch) }
            let lost = outcomes.count(where: { $0 != .answered })
            report += "; \(name) (\(batch.count)) probes in \(probing), \(lost) lost"
        }
        let closed = try clock.measure {
            try lab.node.execute(
                ["nft", "-f", "-"],
                input: """
                    table inet t { chain f {
                        type filter hook forward priority 0; policy drop;
                    }; }
                    """)
            let silent = try lab.prober.run(probes)
            #expect(silent.allSatisfy { $0 == .silent })
        }
        try lab.node.execute(["nft", "flush", "ruleset"])
        let demolition = clock.measure { lab.tearDown() }
        print("\(report); all dropped in \(closed); torn down in \(demolition)")

        let second = try SampleLab.large(servedPorts: ports)
        #expect(try second.prober.run(probes, expecting: answers) == answers)
    }

    @Test func twoThousandProbesOfOnePort() throws {
        let lab = try SampleLab.small()
        for `protocol` in ProbeProtocol.allCases {
            let probe = Probe(
                from: .host("pod-1"), source: "10.244.0.1", to: .host("pod-2"),
                destination: "10.244.0.2", protocol: `protocol`, port: 80)
            let probes = Array(repeating: probe, count: 2_000)
            let answers = Array(repeating: Outcome.answered, count: probes.count)
            var first: [Outcome] = []
            let time = try ContinuousClock().measure { first = try lab.prober.run(probes) }
            let lost = first.count(where: { $0 != .answered })
            print("2,000 probes \(`protocol`) of one pair: \(time), \(lost) lost")
            #expect(try lab.prober.run(probes, expecting: answers) == answers)
        }
    }

    @Test func manyWorldsOneAfterAnother() throws {
        let lab = try SampleLab.small()
        let probes = try lab.pairProbes(.tcp, port: 80) + lab.pairProbes(.udp, port: 443)
        for world in 0..<20 {
            let verdict = world.isMultiple(of: 2) ? "drop" : "accept"
            try lab.node.execute(
                ["nft", "-f", "-"],
                input: """
                    flush ruleset
                    table inet t { chain f {
                        type filter hook forward priority 0; policy \(verdict);
                        ct state established accept
                    }; }
                    """)
            let expected = probes.map { probe -> Outcome in
                let isForwarded = probe.from != .node && probe.to != .node
                return isForwarded && verdict == "drop" ? .silent : .answered
            }
            #expect(try lab.prober.run(probes, expecting: expected) == expected)
        }
    }
}
