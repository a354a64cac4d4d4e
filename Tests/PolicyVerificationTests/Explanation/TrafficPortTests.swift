// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

@Suite struct TrafficPortTests {
    private func traffic(
        _ text: String, at destination: String = "shop/web", in world: SmallWorld = SmallWorld()
    ) throws -> Traffic {
        let party = try TrafficParty(destination).resolve(
            in: world.state, defaultNamespace: "default")
        return try TrafficPort(text).resolve(at: party)
    }

    private func complaint(_ text: String, at destination: String = "shop/web") -> String {
        do {
            return "accepted as \(try traffic(text, at: destination))"
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "Ports, names, messages and protocols",
        arguments: [
            ("8080/tcp", "8080/tcp"), ("8080", "8080/tcp"), ("53/udp", "53/udp"),
            ("tcp/22", "22/tcp"), ("3868/SCTP", "3868/sctp"), ("http", "8080/tcp (http)"),
            ("http/tcp", "8080/tcp (http)"), ("icmp", "icmp type 8"), ("icmp/3", "icmp type 3"),
            ("icmpv6", "icmpv6 type 128"), ("icmpv6/135", "icmpv6 type 135"),
            ("protocol/58", "icmpv6 type 128"), ("esp", "protocol 50"),
            ("protocol/47", "protocol 47"),
        ])
    func readable(text: String, meaning: String) throws {
        #expect(try traffic(text).description == meaning)
    }

    @Test(
        "What is no port is refused, with what to write instead",
        arguments: [
            ("0", "from 1 to 65535"), ("65536/tcp", "from 1 to 65535"), ("80x", "from 1 to 65535"),
            ("tcp", "8080/tcp"), ("protocol/17", "8080/udp"), ("protocol/256", "from 0 to 255"),
            ("icmp/256", "up to 255"), ("80/icp", "is no port"), ("80/tcp/x", "is no port"),
            ("", "is no port"), ("/tcp", "is no port"),
        ])
    func malformed(text: String, part: String) {
        #expect(complaint(text).contains(part))
    }

    @Test("S29: a name that the destination lacks, or gives two numbers, is refused with its ports")
    func names() throws {
        #expect(complaint("dns") == "shop/web defines no port dns; it defines http=8080/tcp")
        #expect(complaint("http", at: "shop/front").hasSuffix("it names no ports"))
        #expect(complaint("http", at: "203.0.113.1").contains("gives no names to ports"))
        var world = SmallWorld()
        world["shop/web"].namedPorts.append(
            NamedPort(name: "http", transport: .udp, number: 8443))
        #expect(
            throws: TrafficError(
                "shop/web defines http as http=8080/tcp, http=8443/udp; say which number")
        ) {
            try traffic("http", in: world)
        }
        #expect(try traffic("http/udp", in: world).port == 8443)
    }

    @Test("ICMP belongs to one family")
    func families() throws {
        #expect(AddressFamily.allCases.filter(try traffic("icmp").exists) == [.ipv4])
        #expect(AddressFamily.allCases.filter(try traffic("icmpv6").exists) == [.ipv6])
        #expect(AddressFamily.allCases.filter(try traffic("80").exists) == [.ipv4, .ipv6])
    }
}
