// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyTestKit

/// Packets that ordinary sockets seldom send.
@Suite(.needsNamespaces, .serialized)
struct UnusualPacketTests {
    /// Counts what a test needs to know of the packets it sends, before they are judged.
    private static let watch = """
        table inet watch {
            chain forward {
                type filter hook forward priority -10;
                tcp dport { 80, 443 } ct state invalid counter comment "invalid"
                ct state untracked counter comment "untracked"
                exthdr dst exists counter comment "destination options"
                exthdr hbh exists counter comment "hop-by-hop options"
            }
        }
        """

    private static func place(_ addresses: [String], _ family: Int, port: UInt16) throws
        -> LabSocketAddress
    {
        LabSocketAddress(try LabAddress(addresses[family]), port: port)
    }

    @Test(
        "S35: behind an IPv6 extension header the transport protocol is what counts",
        arguments: [(59, "destination options"), (54, "hop-by-hop options")])
    func extensionHeaders(option: Int32, name: String) throws {
        let policed = try PolicedLab()
        try policed.nft(Self.watch)
        try policed.enforce(.forApp("web", ingress: [.allow(.app("front"), .udp(443), .tcp(80))]))
        let front = try policed.lab.host(named: "front")

        func connect(_ transport: ProbeProtocol, port: UInt16, _ expected: Bool) throws -> Bool {
            let socket = try front.run { try Socket(transport, .v6) }
            // An empty header: its own number and length are filled in, then come six bytes of
            // padding.
            try socket.set(Int32(IPPROTO_IPV6), option, UInt64(0x04_01_00_00))
            let errorNumber = socket.connect(to: try Self.place(PolicedLab.web, 1, port: port))
            try #require(errorNumber == 0)
            if transport == .udp { _ = socket.send([1, 2, 3]) }
            let patience = expected ? PolicedLab.patience : PolicedLab.silence
            return socket.awaitEvent(transport == .udp ? POLLIN : POLLOUT, within: patience)
                && socket.takeError() == 0
        }

        #expect(try connect(.udp, port: 443, true))
        #expect(try connect(.tcp, port: 80, true))
        #expect(try !connect(.udp, port: 80, false))
        #expect(try !connect(.tcp, port: 443, false))
        #expect(try policed.packets(countedAs: name) >= 4)
    }

    @Test("S41: a packet that is invalid is judged by its addresses and port", arguments: [0, 1])
    func invalidPackets(family: Int) throws {
        let policed = try PolicedLab()
        try policed.nft(Self.watch)
        var sent = 0
        func arrives(port: UInt16, _ flags: RawPacket.Flags, _ expected: Bool) throws -> Bool {
            sent += 1
            let marker = RawPacket.marker()
            let packet = RawPacket.tcp(
                flags, from: try Self.place(PolicedLab.front, family, port: 30_000 + UInt16(sent)),
                to: try Self.place(PolicedLab.web, family, port: port), marker)
            return try policed.delivers(
                packet, endingIn: marker, from: "front", to: "web", expected: expected)
        }
        for flags in [RawPacket.Flags.reset, [.synchronize, .acknowledge]] {
            try policed.enforce(.isolating("front", name: "other-direction"))
            #expect(try !arrives(port: 80, flags, false), "the sender is isolated")
            try policed.enforce(.forApp("world", ingress: []))
            #expect(try arrives(port: 80, flags, true), "no policy governs either side")
            try policed.enforce(.forApp("web", ingress: [.allow(.app("front"), .tcp(443))]))
            #expect(try !arrives(port: 80, flags, false), "the port is denied")
            #expect(try arrives(port: 443, flags, true), "the port is allowed")
        }
        #expect(try policed.packets(countedAs: "invalid") == sent)
    }

    @Test("S43: loopback and the pod's own address inside the pod are never filtered")
    func loopback() throws {
        let policed = try PolicedLab()
        try policed.enforce(.isolating("web"))
        let web = try policed.lab.host(named: "web")
        for text in PolicedLab.web + ["127.0.0.1", "::1"] {
            let address = try LabAddress(text)
            let (server, client) = try web.run {
                let server = try Socket(.udp, address.family)
                try server.bind(to: LabSocketAddress(address, port: 9_999))
                return (server, try Socket(.udp, address.family))
            }
            #expect(client.send([1], to: LabSocketAddress(address, port: 9_999)) == 0)
            #expect(server.awaitEvent(within: PolicedLab.patience), "\(text)")
        }
        try policed.expect(.silent, .udp, 80, from: "web", to: "front")
    }

    @Test("S44: neighbour discovery and listener reports pass where everything is denied")
    func neighbourDiscovery() throws {
        let policed = try PolicedLab()
        try policed.nft(Self.watch)
        try policed.enforce(.isolating("web"), .isolating("front"))
        let source = try LabAddress(PolicedLab.front[1])
        let destination = try LabAddress(PolicedLab.web[1])
        let spared: [UInt8] = [130, 131, 132, 133, 134, 135, 136, 143]
        let judged: [UInt8] = [128, 129, 137, 138, 144]
        for type in spared + judged {
            // The target address of a solicitation, which the other types take as any content.
            let marker = RawPacket.marker()
            let packet = RawPacket.icmp(
                type: type, from: source, to: destination, destination.bytes + marker)
            let expected = spared.contains(type)
            let arrives = try policed.delivers(
                packet, endingIn: marker, from: "front", to: "web", expected: expected)
            #expect(arrives == expected, "type \(type)")
        }
        #expect(try policed.packets(countedAs: "untracked") == spared.count)
    }

    @Test("S36: a packet-too-big from a router passes to an isolated pod only about its own flow")
    func pathMTU() throws {
        let policed = try PolicedLab()
        try policed.enforce(.forApp("front", ingress: []))
        for family in [0, 1] {
            let front = try Self.place(PolicedLab.front, family, port: 31_000)
            let beta = try Self.place(PolicedLab.beta, family, port: 80)
            let flow = RawPacket.udp(from: front, to: beta, RawPacket.marker())
            let other = RawPacket.udp(
                from: LabSocketAddress(front.address, port: 31_001), to: beta, RawPacket.marker())
            try RawSender(in: policed.lab.host(named: "front")).send(flow)
            usleep(50_000)
            for (quoted, expected) in [(flow, true), (other, false)] {
                let router = try LabAddress(PolicedLab.world[family * 2])
                let error = RawPacket.icmp(
                    type: family == 0 ? 3 : 2, code: family == 0 ? 4 : 0, word: 1_400, from: router,
                    to: front.address, quoted.bytes)
                let arrives = try policed.delivers(
                    error, endingIn: Array(quoted.content.suffix(8)), from: "world", to: "front",
                    expected: expected)
                #expect(arrives == expected, "IPv\(family * 2 + 4)")
            }
        }
    }

    @Test("S72: blocks that overlap, repeat and contain pods' addresses are no obstacle")
    func overlappingBlocks() throws {
        let policed = try PolicedLab()
        let blocks = Peers.only(
            ["10.0.0.0/8", "10.0.0.0/24", "10.0.0.2/32", "10.0.0.2/32", "fd00::/16", "fd00::2/128"]
                .map { .network(CIDR($0)!, except: []) } + [.endpoints(.app("front"))])
        try policed.enforce(.forApp("web", ingress: [.allow(blocks, .tcp(80))]))
        try policed.expect(.answered, .tcp, 80, from: "front", to: "web")
        try policed.expect(.silent, .tcp, 443, from: "front", to: "web")
        try policed.expect(.silent, .tcp, 80, from: "world", to: "web")
        let except = Peers.only([
            .network(CIDR("10.0.0.0/8")!, except: [CIDR("10.0.0.2/32")!]),
            .network(CIDR("fd00::/16")!, except: [CIDR("fd00::2/128")!]),
        ])
        try policed.enforce(.forApp("web", ingress: [.allow(except, .tcp(80))]))
        try policed.expect(.silent, .tcp, 80, from: "front", to: "web")
        try policed.enforce(.forApp("web", ingress: [.allow(blocks, .tcp(80))]))
        try policed.expect(.answered, .tcp, 80, from: "front", to: "web")
    }
}
