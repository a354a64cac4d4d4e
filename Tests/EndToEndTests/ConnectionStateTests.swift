// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetfilterKernel
import NetworkPrimitives
import NodeCompiler
import PolicyModel
import PolicyTestKit
import RulesetDiff
import Testing

/// What becomes of replies, errors, fragments and open flows while policies change.
@Suite(.needsNamespaces, .serialized)
struct ConnectionStateTests {
    /// Two pods of the node; `server` answers on port 80.
    private final class Cluster {
        let lab: Lab
        let ruleset: KernelRuleset

        init() throws {
            lab = try Lab(
                hosts: [
                    LabHost(name: "client", addresses: ["10.1.0.1", "fd00::1"]),
                    LabHost(name: "server", addresses: ["10.1.0.2", "fd00::2"]),
                ], servedPorts: [80, 81])
            ruleset = try KernelRuleset(of: lab.node)
        }

        deinit { lab.tearDown() }

        func enforce(_ policies: [Policy]) throws {
            let endpoints = ["client", "server"].enumerated().map { number, name in
                Endpoint(
                    id: EndpointID(namespace: "shop", name: name), labels: ["app": name],
                    node: "node",
                    addresses: [
                        .ipv4(0x0a01_0001 + UInt32(number)),
                        .ipv6(UInt128(0xfd00) << 112 + UInt128(number + 1)),
                    ])
            }
            let state = ClusterState(endpoints: endpoints, policies: policies)
            let wanted = NodeCompilation(state, node: "node").table
            try ruleset.migrate(to: wanted)
        }

        func client(port: UInt16 = 80) throws -> EchoClient {
            try EchoClient(in: try lab.host(named: "client"), to: "10.1.0.2", port: port)
        }

        func probe(_ transport: ProbeProtocol, port: UInt16) -> Probe {
            Probe(
                from: .host("client"), source: "10.1.0.1", to: .host("server"),
                destination: "10.1.0.2", protocol: transport, port: port)
        }
    }

    /// A policy for the server; isolated both ways but for these ports of the client's.
    private func serverPolicy(_ name: String = "server", ports: [UInt16]) -> Policy {
        Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: name),
            subject: EndpointSelector(
                namespaces: .named("shop"), labels: .isOneOf(key: "app", values: ["server"])),
            ingress: ports.map {
                Rule(.allow, ports: .only([.numbers(.udp, $0...$0), .numbers(.tcp, $0...$0)]))
            },
            egress: [])
    }

    @Test("S37: replies pass although the one who replies may send nothing by itself")
    func replies() throws {
        let cluster = try Cluster()
        try cluster.enforce([serverPolicy(ports: [80])])
        let back = Probe(
            from: .host("server"), source: "10.1.0.2", to: .host("client"),
            destination: "10.1.0.1", protocol: .udp, port: 80)
        let outcomes = try cluster.lab.prober.run(
            [cluster.probe(.udp, port: 80), cluster.probe(.tcp, port: 80), back],
            expecting: [.answered, .answered, .silent])
        #expect(outcomes == [.answered, .answered, .silent])
    }

    @Test("S36: an ICMP error about an allowed packet passes although its sender is isolated")
    func errors() throws {
        let cluster = try Cluster()
        try cluster.enforce([serverPolicy(ports: [80, 9999])])
        let outcomes = try cluster.lab.prober.run(
            [cluster.probe(.udp, port: 9999), cluster.probe(.udp, port: 9998)],
            expecting: [.refused, .silent])
        #expect(outcomes == [.refused, .silent])
    }

    @Test("S34: a datagram in fragments is judged by its port as a whole")
    func fragments() throws {
        let cluster = try Cluster()
        try cluster.enforce([serverPolicy(ports: [80])])
        #expect(try cluster.client(port: 80).isEchoed(bytes: 4_000))
        #expect(try !cluster.client(port: 81).isEchoed(bytes: 4_000))
    }

    @Test("S38, S39, S42: open flows go on when policies tighten; new ones are denied")
    func tightening() throws {
        let cluster = try Cluster()
        try cluster.enforce([serverPolicy(ports: [80])])
        let open = try cluster.client()
        #expect(open.isEchoed())
        try cluster.enforce([serverPolicy(ports: [])])
        #expect(open.isEchoed())
        #expect(try !cluster.client().isEchoed())
    }

    @Test("S40: loosening and removing policies resets nothing")
    func loosening() throws {
        let cluster = try Cluster()
        try cluster.enforce([serverPolicy(ports: [80])])
        let open = try cluster.client()
        #expect(open.isEchoed())
        try cluster.enforce([])
        #expect(open.isEchoed())
        try cluster.ruleset.deleteTable("sluice")
        #expect(open.isEchoed())
        try cluster.enforce([serverPolicy(ports: [])])
        #expect(open.isEchoed())
    }

    @Test("S13: no packet slips through while policies that deny it replace each other")
    func noInstantOfOpenness() throws {
        let cluster = try Cluster()
        try cluster.enforce([serverPolicy("a", ports: [81])])
        let lab = cluster.lab
        let probes = [80, 81].map { cluster.probe(.tcp, port: $0) }
        let hammer = Thread {
            while !Thread.current.isCancelled {
                guard let outcomes = try? lab.prober.run(probes, timeout: .milliseconds(20)) else {
                    break
                }
                Tally.shared.add(denied: outcomes[0].isDelivered, allowed: outcomes[1].isDelivered)
            }
        }
        hammer.start()
        for round in 0..<400 {
            // Another name: chains, cells and maps are all replaced.
            try cluster.enforce([serverPolicy("policy-\(round)", ports: [81])])
        }
        hammer.cancel()
        Thread.sleep(forTimeInterval: 0.1)
        let tally = Tally.shared.counts
        #expect(tally.denied == 0, "packets that every policy denies got through")
        #expect(tally.allowed > 5, "the allowed ones must have been tried")
    }
}

/// Counts what got through, from another thread.
private final class Tally: @unchecked Sendable {
    static let shared = Tally()
    private let lock = NSLock()
    private var denied = 0
    private var allowed = 0

    func add(denied: Bool, allowed: Bool) {
        lock.withLock {
            self.denied += denied ? 1 : 0
            self.allowed += allowed ? 1 : 0
        }
    }

    var counts: (denied: Int, allowed: Int) { lock.withLock { (denied, allowed) } }
}
