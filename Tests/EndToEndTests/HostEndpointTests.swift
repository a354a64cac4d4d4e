// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import Testing

@testable import PolicyTestKit

/// Host endpoints and what else judges packets by their interface, with real packets.
@Suite(.needsNamespaces, .serialized)
struct HostEndpointTests {
    /// The cluster with a host endpoint for the interface that leads to the world.
    private static func state(
        _ policed: PolicedLab, _ policies: [Policy] = [],
        endpointToHost: EnforcementSettings.EndpointToHost? = nil, profiles: [String]? = nil
    ) throws -> ClusterState {
        var state = PolicedLab.state(policies)
        state.endpoints.append(
            Endpoint(
                id: EndpointID(kind: .host, namespace: "", name: "uplink"),
                labels: ["role": "uplink"], node: PolicedLab.nodeName,
                particulars: EndpointParticulars(
                    interface: try policed.lab.interfaceName(ofHost: "world"),
                    profiles: profiles)))
        state.configurations = [
            NodeConfiguration(name: "default", endpointToHost: endpointToHost)
        ]
        return state
    }

    private static func policy(
        _ traffic: HostTraffic, ingress: [PolicyModel.Rule]? = nil,
        egress: [PolicyModel.Rule]? = nil
    ) -> Policy {
        Policy(
            id: PolicyID(kind: "GlobalNetworkPolicy", namespace: nil, name: "uplink"),
            subject: EndpointSelector(
                namespaces: .any, labels: .isOneOf(key: "role", values: ["uplink"]),
                reach: .everything),
            ingress: ingress, egress: egress, hostTraffic: traffic)
    }

    @Test("a host endpoint without policies closes its interface, but for the failsafe ports")
    func failsafes() throws {
        let policed = try PolicedLab(servedPorts: [22, 53, 80, 6443])
        try policed.enforce(Self.state(policed))
        for port: UInt16 in [22, 6443] {
            try policed.expect(.answered, .tcp, port, from: "world", to: "node")
        }
        try policed.expect(.silent, .tcp, 80, from: "world", to: "node")
        try policed.expect(.silent, .udp, 53, from: "world", to: "node")
        try policed.expect(.silent, .icmp, from: "world", to: "node")
        try policed.expect(.answered, .tcp, 6443, from: "node", to: "world")
        try policed.expect(.answered, .udp, 53, from: "node", to: "world")
        try policed.expect(.silent, .tcp, 22, from: "node", to: "world")
        // Other interfaces, the node's pods and what it forwards are none of its business.
        try policed.expect(.answered, .tcp, 80, from: "beta", to: "node")
        try policed.expect(.answered, .tcp, 80, from: "node", to: "beta")
        try policed.expect(.answered, .tcp, 80, from: "web", to: "node")
        try policed.expect(.answered, .tcp, 80, from: "node", to: "web")
        try policed.expect(.answered, .tcp, 80, from: "world", to: "web")
        try policed.expect(.answered, .tcp, 80, from: "web", to: "world")
    }

    @Test("a host endpoint for every interface spares those of the node's pods")
    func everyInterface() throws {
        let policed = try PolicedLab()
        var state = PolicedLab.state([])
        state.endpoints.append(
            Endpoint(
                id: EndpointID(kind: .host, namespace: "", name: "all"),
                node: PolicedLab.nodeName, particulars: EndpointParticulars(interface: "*")))
        try policed.enforce(state)
        for host in ["world", "beta"] {
            try policed.expect(.silent, .tcp, 80, from: host, to: "node")
            try policed.expect(.silent, .tcp, 80, from: "node", to: host)
        }
        try policed.expect(.answered, .tcp, 80, from: "web", to: "node")
        try policed.expect(.answered, .tcp, 80, from: "node", to: "web")
        try policed.expect(.answered, .tcp, 80, from: "world", to: "web")
    }

    @Test("profiles decide what a host endpoint's policies leave open")
    func profiles() throws {
        let policed = try PolicedLab()
        let closed = Self.policy(.local, ingress: [.allow(.anyone, .tcp(443))])
        try policed.enforce(
            Self.state(policed, [closed], profiles: ["projectcalico-default-allow"]))
        try policed.expect(.answered, .tcp, 443, from: "world", to: "node")
        try policed.expect(.silent, .tcp, 80, from: "world", to: "node")
        try policed.expect(.answered, .tcp, 80, from: "node", to: "world")
    }

    @Test("applyOnForward: what comes in is judged wherever it goes, and nothing else")
    func forwarded() throws {
        let policed = try PolicedLab()
        let policy = Self.policy(.forwardedToo, ingress: [.allow(.anyone, .tcp(443))])
        try policed.enforce(Self.state(policed, [policy]))
        for to in ["web", "beta", "node"] {
            try policed.expect(.answered, .tcp, 443, from: "world", to: to)
            try policed.expect(.silent, .tcp, 80, from: "world", to: to)
        }
        try policed.expect(.answered, .tcp, 80, from: "web", to: "world")
        try policed.expect(.answered, .tcp, 80, from: "front", to: "web")
        let outbound = Self.policy(.forwardedToo, egress: [.allow(.anyone, .tcp(443))])
        try policed.enforce(Self.state(policed, [outbound]))
        try policed.expect(.silent, .tcp, 80, from: "web", to: "world")
        try policed.expect(.answered, .tcp, 443, from: "web", to: "world")
        try policed.expect(.answered, .tcp, 80, from: "world", to: "web")
    }

    @Test("preDNAT: a port of the node is judged before it becomes a pod's")
    func beforeTranslation() throws {
        let policed = try PolicedLab()
        try policed.nft(
            """
            table ip lab {
                chain services {
                    type nat hook prerouting priority -100;
                    ip daddr \(PolicedLab.node[0]) tcp dport 8080 dnat to \(PolicedLab.web[0]):80
                }
            }
            """)
        let probe = Probe(
            from: .host("world"), source: PolicedLab.world[0], to: .host("web"),
            destination: PolicedLab.node[0], protocol: .tcp, port: 8080)
        func outcome(_ rules: [PolicyModel.Rule], _ expected: Outcome) throws -> Outcome {
            try policed.enforce(
                Self.state(policed, [Self.policy(.beforeTranslation, ingress: rules)]))
            return try policed.lab.prober.run([probe], expecting: [expected])[0]
        }
        let denyNodePort = [PolicyModel.Rule(.deny, ports: .only([.tcp(8080)]))]
        let denyPodPort = [PolicyModel.Rule(.deny, ports: .only([.tcp(80)]))]
        #expect(try outcome(denyNodePort, .silent) == .silent)
        #expect(try outcome(denyPodPort, .answered) == .answered)
        // What no rule decides goes on.
        #expect(try outcome([.allow(.anyone, .tcp(1))], .answered) == .answered)
    }

    @Test("doNotTrack: what is allowed has no connection, and all else is judged as ever")
    func untracked() throws {
        let policed = try PolicedLab()
        try policed.nft(
            """
            table inet watch {
                chain input {
                    type filter hook input priority 10;
                    ct state untracked tcp dport 443 counter comment "untracked"
                    ct state new tcp dport 443 counter comment "tracked"
                }
            }
            """)
        let policy = Self.policy(
            .untracked, ingress: [.allow(.anyone, .tcp(443))], egress: [.allow()])
        try policed.enforce(Self.state(policed, [policy]))
        try policed.expect(.answered, .tcp, 443, from: "world", to: "node")
        try policed.expect(.silent, .tcp, 80, from: "world", to: "node")
        #expect(try policed.packets(countedAs: "untracked") > 0)
        #expect(try policed.packets(countedAs: "tracked") == 0)
        let denied = Self.policy(
            .untracked, ingress: [PolicyModel.Rule(.deny, ports: .only([.tcp(443)]))])
        try policed.enforce(
            Self.state(policed, [denied], profiles: ["projectcalico-default-allow"]))
        try policed.expect(.silent, .tcp, 443, from: "world", to: "node")
        try policed.expect(.silent, .tcp, 443, from: "world", to: "web")
        try policed.expect(.answered, .tcp, 80, from: "world", to: "node")
    }

    @Test("packets from pods to their node are judged where the settings ask for it")
    func endpointToHost() throws {
        let policed = try PolicedLab()
        func enforce(
            _ action: EnforcementSettings.EndpointToHost, _ policies: Policy...
        ) throws {
            var state = PolicedLab.state(policies)
            state.configurations = [NodeConfiguration(name: "default", endpointToHost: action)]
            try policed.enforce(state)
        }
        for action in [EnforcementSettings.EndpointToHost.accept, .proceed] {
            try enforce(action, .forApp("web", egress: [.allow(.anyone, .tcp(443))]))
            try policed.expect(.answered, .tcp, 443, from: "web", to: "node")
            try policed.expect(.silent, .tcp, 80, from: "web", to: "node")
            try policed.expect(.answered, .tcp, 80, from: "front", to: "node")
            try policed.expect(.answered, .tcp, 80, from: "world", to: "node")
        }
        try enforce(.drop)
        try policed.expect(.silent, .tcp, 80, from: "web", to: "node")
        try policed.expect(.answered, .tcp, 80, from: "node", to: "web")
        try policed.expect(.answered, .tcp, 80, from: "world", to: "node")
    }

    @Test("S71: nft loads the text of all that host endpoints need, and it reads back the same")
    func text() throws {
        for seed in UInt64(0)..<20 {
            let wanted = NodeCompilation(
                HostWorld(seed: seed).state, node: WorldGenerator.localNode
            ).table
            let kernel = try TestNamespace("hosts")
            try kernel.nft(wanted.text())
            #expect(try kernel.table()?.table == wanted, "seed \(seed)")
            try kernel.nft("delete table inet sluice")
            try kernel.bring(to: wanted)
            #expect(try kernel.table()?.table == wanted, "seed \(seed)")
        }
    }

    @Test("S50: a pod whose interface is known cannot send with another's address")
    func forgedSources() throws {
        let policed = try PolicedLab()
        var state = PolicedLab.state([.forApp("web", egress: [.allow(.blocks("203.0.113.0/24"))])])
        state.endpoints[0].particulars = EndpointParticulars(
            interface: try policed.lab.interfaceName(ofHost: "web"),
            allowedSources: [CIDR("192.0.2.0/24")!])
        state.configurations = [NodeConfiguration(name: "default", allowsFurtherSources: true)]
        try policed.enforce(state)
        func arrives(_ source: String, to target: (String, String), _ expected: Bool) throws
            -> Bool
        {
            let marker = RawPacket.marker()
            let packet = RawPacket.udp(
                from: LabSocketAddress(try LabAddress(source), port: 30_000),
                to: LabSocketAddress(try LabAddress(target.1), port: 9_999), marker)
            return try policed.delivers(
                packet, endingIn: marker, from: "web", to: target.0, expected: expected)
        }
        let world = ("world", PolicedLab.world[0])
        let beta = ("beta", PolicedLab.beta[0])
        #expect(try arrives(PolicedLab.web[0], to: world, true), "its own address")
        #expect(try arrives("192.0.2.9", to: world, true), "an address that it may use")
        #expect(try !arrives("192.0.2.9", to: beta, false), "its policies judge that one too")
        #expect(try !arrives(PolicedLab.front[0], to: world, false), "another pod's address")
        #expect(try !arrives("198.51.100.1", to: world, false), "an address of nobody")
        #expect(try !arrives(PolicedLab.front[1], to: ("world", PolicedLab.world[2]), false))
        try policed.expect(.answered, .tcp, 80, from: "front", to: "world")
        try policed.expect(.answered, .tcp, 80, from: "front", to: "web")
    }
}
