// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel
import PolicyTestKit
import Testing

/// What policies of host endpoints let in for good, and what none of them can close, with real packets.
@Suite("Host endpoints, what comes in for good", .needsNamespaces, .serialized)
struct HostAdmissionTests {
    @Test("S85: what preDNAT lets in reaches the node, whatever other policies leave closed")
    func local() throws {
        let site = try HostSite()
        try site.apply(
            site.uplink(),
            .policy(
                "preDNAT: true, applyOnForward: true",
                ingress: "{action: Allow, protocol: TCP, destination: {ports: [443]}}",
                "{action: Deny, protocol: TCP, destination: {ports: [8080]}}"))
        try site.policed.expect(.answered, .tcp, 443, from: "world", to: "node")
        try site.policed.expect(.silent, .tcp, 80, from: "world", to: "node")
        try site.policed.expect(.silent, .tcp, 8080, from: "world", to: "node")
    }

    @Test("S85: it is known again by the port that it came to, not by where it is sent on")
    func translated() throws {
        let site = try HostSite()
        try site.policed.nft(
            """
            table ip lab {
                chain services {
                    type nat hook prerouting priority -100;
                    ip daddr \(PolicedLab.node[0]) tcp dport 8080 dnat to \(PolicedLab.web[0]):80
                    ip daddr \(PolicedLab.node[0]) tcp dport 8081 dnat to \(PolicedLab.node[0]):443
                    ip daddr \(PolicedLab.node[0]) tcp dport 8082 dnat to \(PolicedLab.node[0]):8083
                }
            }
            """)
        let closed = HostManifest.policy(
            name: "closed", "applyOnForward: true", ingress: "{action: Deny}")
        try site.apply(
            site.uplink(), closed,
            .policy(
                "preDNAT: true, applyOnForward: true",
                ingress: "{action: Allow, protocol: TCP, destination: {ports: [8080, 8081]}}"))
        func probe(_ to: LabEndpoint, _ port: UInt16) -> Probe {
            Probe(
                from: .host("world"), source: PolicedLab.world[0], to: to,
                destination: PolicedLab.node[0], protocol: .tcp, port: port)
        }
        let probes = [probe(.host("web"), 8080), probe(.node, 8081), probe(.node, 443)]
        let expected: [Outcome] = [.answered, .answered, .silent]
        #expect(try site.policed.lab.prober.run(probes, expecting: expected) == expected)
        try site.policed.expect(.silent, .tcp, 80, from: "world", to: "web")
        // What the pod's own policies say is asked all the same.
        try site.apply(
            site.uplink(), closed,
            .policy(
                "preDNAT: true, applyOnForward: true",
                ingress: "{action: Allow, protocol: TCP, destination: {ports: [8080]}}"),
            .policy(name: "pods", selector: "app == 'web'", ingress: "{action: Deny}"))
        #expect(
            try site.policed.lab.prober.run([probes[0]], expecting: [.silent]) == [.silent])
    }

    @Test("S86: forwarded packets that doNotTrack lets in are not judged again where they came in")
    func untracked() throws {
        let site = try HostSite()
        let open = "{action: Allow, protocol: UDP, "
        try site.apply(
            site.uplink(),
            .policy(name: "closed", "applyOnForward: true", ingress: "{action: Deny}"),
            .policy(
                "doNotTrack: true, applyOnForward: true",
                ingress: open + "destination: {ports: [53]}}",
                egress: open + "source: {ports: [53]}}"))
        try site.policed.expect(.answered, .udp, 53, from: "world", to: "beta")
        try site.policed.expect(.silent, .udp, 80, from: "world", to: "beta")
    }

    @Test("S89: tunnels between nodes stay open, to nodes and where pools need them")
    func tunnels() throws {
        let site = try HostSite(servedPorts: [80, 4789])
        let deny = HostManifest.policy(
            ingress: "{action: Deny}", egress: "{action: Deny}")
        let world = HostManifest.node("gamma", Array(PolicedLab.world.prefix(2)))
        let pool = HostManifest.pool("10.65.0.0/16", "vxlanMode: Always")
        func expect(_ outcome: Outcome, _ manifests: HostManifest...) throws {
            try site.apply(manifests + [try site.uplink(), deny])
            try site.policed.expect(
                outcome, .udp, 4789, from: "world", to: "node", at: PolicedLab.node[0])
            try site.policed.expect(
                outcome, .udp, 4789, from: "node", to: "world", at: PolicedLab.world[0])
            try site.policed.expect(
                .silent, .tcp, 80, from: "world", to: "node", at: PolicedLab.node[0])
        }
        try expect(.answered, world, pool)
        try expect(.silent, pool)
        try expect(.silent, world)
        try expect(.silent, world, .pool("10.65.0.0/16", "vxlanMode: Never"))
        try expect(.silent, world, pool, .configuration("vxlanEnabled: false"))
        try expect(.silent, world, pool, .configuration("vxlanPort: 4790"))
    }
}
