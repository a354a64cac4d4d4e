// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyTestKit
import Testing

/// Services made as kube-proxy makes them: by a table of their own that translates destinations.
@Suite(.needsNamespaces, .serialized)
struct ServiceTests {
    /// Services of `web`: port 80 leads to 8080, and 8080 to 443. A pod that reaches itself through
    /// one comes back with the node's address, as with kube-proxy.
    private static let services = """
        table inet services {
            chain destinations {
                type nat hook prerouting priority -100;
                ip daddr 10.96.0.10 tcp dport 80 dnat ip to 10.0.0.1:8080
                ip daddr 10.96.0.10 tcp dport 8080 dnat ip to 10.0.0.1:443
                ip6 daddr fd00:96::10 tcp dport 80 dnat ip6 to [fd00::1]:8080
                ip6 daddr fd00:96::10 tcp dport 8080 dnat ip6 to [fd00::1]:443
            }
            chain hairpin {
                type nat hook postrouting priority 100;
                ip saddr 10.0.0.1 ip daddr 10.0.0.1 snat ip to 192.168.0.10
                ip6 saddr fd00::1 ip6 daddr fd00::1 snat ip6 to fd00:c0::10
            }
        }
        """

    private static let addresses = ["10.96.0.10", "fd00:96::10"]

    private func expect(
        _ expected: Outcome, from: String, port: UInt16, in policed: PolicedLab,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let sources = from == "web" ? PolicedLab.web : PolicedLab.front
        let probes = zip(sources, Self.addresses).map { source, service in
            Probe(
                from: .host(from), source: source, to: .host("web"), destination: service,
                protocol: .tcp, port: port)
        }
        let outcomes = try policed.lab.prober.run(
            probes, expecting: [expected, expected])
        #expect(
            outcomes == [expected, expected], "from \(from) to port \(port)",
            sourceLocation: sourceLocation)
    }

    @Test("S25: ingress judges the container's port, not the Service's")
    func containerPort() throws {
        let policed = try PolicedLab()
        try policed.nft(Self.services)
        try policed.enforce(.forApp("web", ingress: [.allow(.app("front"), .tcp(8080))]))
        try expect(.answered, from: "front", port: 80, in: policed)
        try expect(.silent, from: "front", port: 8080, in: policed)
    }

    @Test("S25: egress judges the pod's address and port, never the Service's")
    func podAddress() throws {
        let policed = try PolicedLab()
        try policed.nft(Self.services)
        try policed.enforce(.forApp("front", egress: [.allow(.app("web"), .tcp(8080))]))
        try expect(.answered, from: "front", port: 80, in: policed)
        try expect(.silent, from: "front", port: 8080, in: policed)
        let service = Peers.blocks("10.96.0.10/32", "fd00:96::10/128")
        try policed.enforce(.forApp("front", egress: [.allow(service)]))
        try expect(.silent, from: "front", port: 80, in: policed)
    }

    @Test("S24: an isolated pod reaches itself through its Service, and nobody else does")
    func hairpin() throws {
        let policed = try PolicedLab()
        try policed.nft(Self.services)
        try policed.enforce(.isolating("web"))
        try expect(.answered, from: "web", port: 80, in: policed)
        try expect(.silent, from: "front", port: 80, in: policed)
    }
}
