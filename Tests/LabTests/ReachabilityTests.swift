// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import Testing

@Suite(.needsLab)
struct ReachabilityTests {
    @Test(arguments: ProbeProtocol.allCases)
    func everythingReachesEverythingWithoutRules(_ protocol: ProbeProtocol) throws {
        let lab = try SampleLab.small()
        let probes = try lab.pairProbes(`protocol`, port: 80)
        // Four endpoints with 1, 1, 2 and 1 addresses of each family.
        #expect(probes.count == 36)

        let outcomes = try lab.prober.run(probes, timeout: .seconds(2))

        for (probe, outcome) in zip(probes, outcomes) {
            #expect(outcome == .answered, "\(probe)")
        }
    }

    @Test func aFreshLabLosesNothing() throws {
        for _ in 0..<10 {
            let lab = try SampleLab.small()
            let probes = try lab.pairProbes(.icmp)
            let outcomes = try lab.prober.run(probes, timeout: .seconds(2))
            #expect(outcomes.allSatisfy { $0 == .answered })
        }
    }

    @Test func aHostReachesItself() throws {
        let lab = try SampleLab.small()
        let probes = ProbeProtocol.allCases.map {
            Probe(
                from: .host("pod-1"), source: "10.244.0.1", to: .host("pod-1"),
                destination: "10.244.0.1", protocol: $0, port: 443)
        }
        let answers = Array(repeating: Outcome.answered, count: probes.count)
        #expect(try lab.prober.run(probes, expecting: answers) == answers)
    }

    @Test func portsThatNobodyServesRefuse() throws {
        let lab = try SampleLab.small()
        let probes = try [ProbeProtocol.tcp, .udp, .sctp].flatMap {
            try lab.pairProbes($0, port: 81)
        }
        let refusals = Array(repeating: Outcome.refused, count: probes.count)
        #expect(try lab.prober.run(probes, expecting: refusals) == refusals)
    }

    @Test func addressesNobodyHasAreSilent() throws {
        let lab = try SampleLab.small()
        let probes = ProbeProtocol.allCases.map {
            Probe(
                from: .host("pod-1"), source: "10.244.0.1", to: .host("pod-2"),
                destination: "10.244.99.99", protocol: $0, port: 80)
        }
        let silence = Array(repeating: Outcome.silent, count: probes.count)
        #expect(try lab.prober.run(probes) == silence)
    }

    @Test func aForeignSourceIsAnError() throws {
        let lab = try SampleLab.small()
        for `protocol` in ProbeProtocol.allCases {
            let probe = Probe(
                from: .host("pod-1"), source: "10.244.0.2", to: .host("pod-2"),
                destination: "10.244.0.2", protocol: `protocol`, port: 80)
            #expect(throws: LabError.self) { try lab.prober.run([probe]) }
        }
    }

    @Test func anUnknownHostIsAnError() throws {
        let lab = try SampleLab.small()
        let probe = Probe(
            from: .host("nobody"), source: "10.244.0.2", to: .host("pod-2"),
            destination: "10.244.0.2", protocol: .tcp, port: 80)
        #expect(throws: LabError.self) { try lab.prober.run([probe]) }
    }
}
