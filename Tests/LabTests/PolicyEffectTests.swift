// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import Testing

/// Rules in the node show in the outcomes, exactly where they bite.
@Suite(.needsLab)
struct PolicyEffectTests {
    /// One probe that the rule `match` of the forward hook is to drop, or reject.
    struct Victim: CustomTestStringConvertible {
        let `protocol`: ProbeProtocol
        let source: String
        let destination: String
        let rule: String

        var testDescription: String { rule }
    }

    static let victims = [
        Victim(
            protocol: .tcp, source: "10.244.0.1", destination: "10.244.0.2",
            rule: "ip saddr 10.244.0.1 ip daddr 10.244.0.2 tcp dport 443 drop"),
        Victim(
            protocol: .udp, source: "10.244.0.2", destination: "198.51.100.9",
            rule: "ip saddr 10.244.0.2 ip daddr 198.51.100.9 udp dport 443 drop"),
        Victim(
            protocol: .sctp, source: "10.244.0.2", destination: "10.244.0.1",
            rule: "ip saddr 10.244.0.2 ip daddr 10.244.0.1 sctp dport 443 drop"),
        Victim(
            protocol: .icmp, source: "203.0.113.7", destination: "10.244.0.1",
            rule: "ip saddr 203.0.113.7 ip daddr 10.244.0.1 icmp type echo-request drop"),
        Victim(
            protocol: .tcp, source: "2001:db8::7", destination: "fd00:244::1",
            rule: "ip6 saddr 2001:db8::7 ip6 daddr fd00:244::1 tcp dport 443 drop"),
        Victim(
            protocol: .udp, source: "fd00:244::1", destination: "fd00:244::2",
            rule: "ip6 saddr fd00:244::1 ip6 daddr fd00:244::2 udp dport 443 drop"),
        Victim(
            protocol: .sctp, source: "fd00:244::1", destination: "fd00:244::2",
            rule: "ip6 saddr fd00:244::1 ip6 daddr fd00:244::2 sctp dport 443 drop"),
        Victim(
            protocol: .icmp, source: "fd00:244::1", destination: "2001:db8:1::9",
            rule: "ip6 saddr fd00:244::1 ip6 daddr 2001:db8:1::9 icmpv6 type echo-request drop"),
    ]

    @Test(arguments: victims)
    func oneDroppedPairIsSilentAndNoOther(_ victim: Victim) throws {
        let lab = try SampleLab.small()
        try lab.enforce("chain forward { type filter hook forward priority 0; \(victim.rule); }")
        let probes = try lab.allProbes(ports: [80, 443])
        let expected = probes.map { probe -> Outcome in
            let isVictim =
                probe.source == victim.source && probe.destination == victim.destination
                && probe.protocol == victim.protocol && (probe.port == 443 || probe.port == 0)
            return isVictim ? .silent : .answered
        }
        #expect(expected.count(where: { $0 == .silent }) == 1)

        let outcomes = try lab.prober.run(probes, expecting: expected)

        #expect(outcomes == expected)
    }

    @Test func nothingLeavesANodeThatDropsItsOwnPackets() throws {
        let lab = try SampleLab.small()
        try lab.enforce("chain output { type filter hook output priority 0; policy drop; }")
        let probes = try lab.allProbes(ports: [80], from: [.node])
        let outcomes = try lab.prober.run(probes)
        #expect(outcomes == Array(repeating: .silent, count: probes.count))
    }

    @Test func aRejectedConnectionIsRefused() throws {
        let lab = try SampleLab.small()
        try lab.enforce(
            "chain f { type filter hook forward priority 0; tcp dport 80 reject with tcp reset; }")
        let probes = try lab.pairProbes(
            .tcp, port: 80, from: [.host("pod-1")], to: [.host("pod-2")])
        #expect(try lab.prober.run(probes) == [.refused, .refused])
    }

    @Test(arguments: [ProbeProtocol.tcp, .udp, .sctp])
    func anAnswerIsFoundBehindATranslatedPort(_ protocol: ProbeProtocol) throws {
        let lab = try SampleLab.small(servedPorts: [443])
        try lab.enforce(
            """
            chain p {
                type nat hook prerouting priority -100;
                ip daddr 10.96.0.10 \(`protocol`) dport 80 dnat to 10.244.0.2:443
            }
            chain q {
                type nat hook postrouting priority 100;
                oifname "\(try lab.interfaceName(ofHost: "pod-2"))" masquerade
            }
            """)
        let probe = Probe(
            from: .host("pod-1"), source: "10.244.0.1", to: .host("pod-2"),
            destination: "10.96.0.10", protocol: `protocol`, port: 80)
        #expect(try lab.prober.run([probe], expecting: [.answered]) == [.answered])
    }

    @Test func anAnswerIsFoundBehindATranslatedAddress() throws {
        let lab = try SampleLab.small()
        try lab.enforce(
            """
            chain p {
                type nat hook prerouting priority -100;
                ip daddr 10.96.0.10 dnat to 10.244.0.2
            }
            """)
        let probes = ProbeProtocol.allCases.map {
            Probe(
                from: .host("pod-1"), source: "10.244.0.1", to: .host("pod-2"),
                destination: "10.96.0.10", protocol: $0, port: 80)
        }
        let answers = Array(repeating: Outcome.answered, count: probes.count)
        #expect(try lab.prober.run(probes, expecting: answers) == answers)
    }

    @Test func repliesPassAStatefulPolicyAndNothingElseDoes() throws {
        let lab = try SampleLab.small()
        try lab.enforce(
            """
            chain forward {
                type filter hook forward priority 0; policy drop;
                ct state established,related accept
                ct state invalid drop
                iifname "\(try lab.interfaceName(ofHost: "pod-1"))" accept
            }
            """)
        let probes = try lab.allProbes(ports: [80], from: [.host("pod-1"), .host("pod-2")])
        let expected = probes.map { probe -> Outcome in
            probe.from == .host("pod-1") || probe.to == .node ? .answered : .silent
        }
        for _ in 0..<2 {
            #expect(try lab.prober.run(probes, expecting: expected) == expected)
        }
    }

    @Test func connectionsAreForgottenOnDemand() throws {
        let lab = try SampleLab.small()
        try lab.enforce(
            "chain f { type filter hook forward priority 0; ct state established accept; }")
        _ = try lab.prober.run(lab.allProbes(ports: [80]))
        #expect(try lab.trackedConnections > 0)
        try lab.flushConnectionTracking()
        #expect(try lab.trackedConnections == 0)
    }

    @Test func silenceThatWasNotExpectedStaysSilentAfterRepetition() throws {
        let lab = try SampleLab.small()
        try lab.enforce("chain f { type filter hook forward priority 0; policy drop; }")
        let probes = try lab.pairProbes(
            .udp, port: 80, from: [.host("pod-1")], to: [.host("pod-2")])
        let outcomes = try lab.prober.run(probes, expecting: [.answered, .answered])
        #expect(outcomes == [.silent, .silent])
    }
}

extension Lab {
    /// Puts the rules in force in the node.
    fileprivate func enforce(_ rules: String) throws {
        try node.execute(["nft", "-f", "-"], input: "table inet test {\n\(rules)\n}\n")
    }

    /// Probes by all protocols, from some endpoints or all, to all.
    fileprivate func allProbes(
        ports: [UInt16], from sources: [LabEndpoint]? = nil
    ) throws -> [Probe] {
        try pairProbes(.icmp, from: sources)
            + [.tcp, .udp, .sctp].flatMap { `protocol` in
                try ports.flatMap { try pairProbes(`protocol`, port: $0, from: sources) }
            }
    }

    /// How many connections the node remembers.
    fileprivate var trackedConnections: Int {
        get throws {
            let file = "/proc/sys/net/netfilter/nf_conntrack_count"
            return try #require(Int(node.execute(["cat", file]).dropLast()))
        }
    }
}
