// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyTestKit

/// Packets between pods and nodes, and to addresses that only look like a node's.
@Suite(.needsNamespaces, .serialized)
struct NodeTrafficTests {
    private static let spoken: [(ProbeProtocol, UInt16)] = [(.tcp, 80), (.udp, 53), (.icmp, 0)]

    @Test("S22: an isolated pod and its own node reach each other at each of the node's addresses")
    func ownNode() throws {
        let policed = try PolicedLab()
        try policed.enforce(.isolating("web"), .isolating("front"))
        for (transport, port) in Self.spoken {
            try policed.expect(.answered, transport, port, from: "node", to: "web")
            try policed.expect(.answered, transport, port, from: "web", to: "node")
            try policed.expect(.silent, transport, port, from: "front", to: "web")
        }
    }

    @Test(
        "S22: what leaves through the output hook with another's address is judged by that address",
        arguments: [0, 1])
    func foreignSource(family: Int) throws {
        let policed = try PolicedLab()
        try policed.enforce(.forApp("web", ingress: [.allow(.app("front"), .udp(443))]))
        let web = try LabAddress(PolicedLab.web[family])
        let sources = [
            (PolicedLab.front[family], "front"), (PolicedLab.world[family * 2], "world"),
            (PolicedLab.node[family * 3], "node"), (PolicedLab.node[family * 3 + 1], "node"),
        ]
        for (source, owner) in sources {
            for port in [UInt16(443), 80] {
                let marker = RawPacket.marker()
                let packet = RawPacket.udp(
                    from: LabSocketAddress(try LabAddress(source), port: 4_000 + port),
                    to: LabSocketAddress(web, port: port), marker)
                let expected = owner == "node" || (owner == "front" && port == 443)
                let arrives = try policed.delivers(
                    packet, endingIn: marker, from: "node", to: "web", expected: expected)
                #expect(arrives == expected, "from \(source) to port \(port)")
            }
        }
    }

    @Test("S46: a link-local address is spared only if it is one of this node's")
    func linkLocalAddresses() throws {
        let policed = try PolicedLab()
        try policed.enforce(.forApp("web", egress: []))
        for (transport, port) in Self.spoken {
            try policed.expect(
                .answered, transport, port, from: "web", to: "node", at: "169.254.20.10")
            try policed.expect(
                .silent, transport, port, from: "web", to: "world", at: "169.254.169.254")
            try policed.expect(
                .answered, transport, port, from: "front", to: "world", at: "169.254.169.254")
        }
    }

    @Test("S47: a policy that denies egress denies DNS too")
    func nameServers() throws {
        let policed = try PolicedLab()
        try policed.enforce(.forApp("front", egress: [.allow(.app("web"), .tcp(80))]))
        for transport in [ProbeProtocol.udp, .tcp] {
            for server in ["web", "world", "beta"] {
                try policed.expect(.silent, transport, 53, from: "front", to: server)
            }
        }
        try policed.expect(.answered, .tcp, 80, from: "front", to: "web")
        try policed.expect(.answered, .udp, 53, from: "web", to: "world")
    }

    @Test("S48: another node is an address outside, which a pod's own policies judge")
    func otherNodes() throws {
        let policed = try PolicedLab()
        try policed.enforce(.isolating("web"))
        for (transport, port) in Self.spoken {
            try policed.expect(.silent, transport, port, from: "beta", to: "web")
            try policed.expect(.silent, transport, port, from: "web", to: "beta")
            try policed.expect(.answered, transport, port, from: "beta", to: "front")
        }
        let beta = Peers.blocks("192.168.0.11/32", "fd00:c0::11/128")
        try policed.enforce(.forApp("web", ingress: [.allow(beta, .tcp(80))], egress: []))
        try policed.expect(.answered, .tcp, 80, from: "beta", to: "web")
        try policed.expect(.silent, .tcp, 443, from: "beta", to: "web")
    }
}
