// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel
import PolicyTestKit
import Testing

/// Host endpoints from their manifests to real packets: HostEndpoint, GlobalNetworkPolicy and
/// FelixConfiguration as people write them, put in force by the command itself.
@Suite("Host endpoints, from manifests to packets", .needsNamespaces, .serialized)
struct HostManifestTests {
    @Test("S82: by the interface's name, policies of the host endpoint's labels decide")
    func named() throws {
        let site = try HostSite()
        try site.apply(
            site.uplink(),
            .policy(ingress: "{action: Allow, protocol: TCP, destination: {ports: [443]}}"))
        try site.policed.expect(.answered, .tcp, 443, from: "world", to: "node")
        try site.policed.expect(.silent, .tcp, 80, from: "world", to: "node")
        try site.policed.expect(.answered, .tcp, 80, from: "beta", to: "node")
        try site.policed.expect(.silent, .tcp, 80, from: "node", to: "world")
    }

    @Test("S82: an expected address finds its interface, for what is forwarded too")
    func expectedAddress() throws {
        let site = try HostSite()
        try site.addAddress("198.51.100.1/32", toward: "world")
        try site.apply(
            .host("uplink", "expectedIPs: [198.51.100.1]"),
            .policy(
                "applyOnForward: true",
                ingress: "{action: Allow, protocol: TCP, destination: {ports: [443]}}"))
        for to in ["node", "web", "beta"] {
            try site.policed.expect(.answered, .tcp, 443, from: "world", to: to)
            try site.policed.expect(.silent, .tcp, 80, from: "world", to: to)
        }
        try site.policed.expect(.answered, .tcp, 80, from: "beta", to: "web")
        try site.policed.expect(.answered, .tcp, 80, from: "beta", to: "node")
    }

    @Test("S82: of a name and an address that mean one interface the first by name counts")
    func ties() throws {
        let site = try HostSite()
        try site.addAddress("198.51.100.1/32", toward: "world")
        let open = [
            HostManifest.policy(
                name: "open", selector: "open == 'yes'", ingress: "{action: Allow}"),
            .host("b-named", "interfaceName: \(try site.interface("world"))"),
        ]
        try site.apply(
            open + [
                .host("c-address", "expectedIPs: [198.51.100.1]", labels: "open: 'yes'")
            ])
        try site.policed.expect(.silent, .tcp, 80, from: "world", to: "node")
        try site.apply(
            open + [
                .host("a-address", "expectedIPs: [198.51.100.1]", labels: "open: 'yes'")
            ])
        try site.policed.expect(.answered, .tcp, 80, from: "world", to: "node")
    }

    @Test("S82, S83: for every interface, with a profile for what policies leave open")
    func everyInterface() throws {
        let site = try HostSite()
        let all = HostManifest.host("all", "interfaceName: '*'", labels: "role: uplink")
        try site.apply(all)
        for host in ["world", "beta"] {
            try site.policed.expect(.silent, .tcp, 80, from: host, to: "node")
        }
        try site.policed.expect(.answered, .tcp, 80, from: "web", to: "node")
        try site.policed.expect(.answered, .tcp, 80, from: "world", to: "web")
        try site.apply(
            .host(
                "all", "interfaceName: '*', profiles: [projectcalico-default-allow]",
                labels: "role: uplink"),
            .policy(
                ingress:
                    "{action: Deny, protocol: TCP, source: {nets: [203.0.113.0/24, 169.254.0.0/16]}, destination: {ports: [80]}}",
                "{action: Pass}"))
        try site.policed.expect(
            .silent, .tcp, 80, from: "world", to: "node", at: PolicedLab.node[0])
        try site.policed.expect(.answered, .tcp, 443, from: "world", to: "node")
        try site.policed.expect(.answered, .tcp, 80, from: "beta", to: "node")
    }

    @Test("S85: preDNAT judges the node's port before it becomes a pod's")
    func beforeTranslation() throws {
        let site = try HostSite()
        try site.policed.nft(
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
        for (port, outcome) in [(8080, Outcome.silent), (80, .answered)] {
            try site.apply(
                site.uplink(),
                .policy(
                    "preDNAT: true, applyOnForward: true",
                    ingress: "{action: Deny, protocol: TCP, destination: {ports: [\(port)]}}"))
            #expect(
                try site.policed.lab.prober.run([probe], expecting: [outcome]) == [outcome],
                "port \(port)")
        }
    }

    @Test("S86: doNotTrack leaves what it allows without a connection")
    func untracked() throws {
        let site = try HostSite()
        try site.policed.nft(
            """
            table inet watch {
                chain input {
                    type filter hook input priority 10;
                    ct state untracked udp dport 53 counter comment "untracked"
                    ct state new udp dport 53 counter comment "tracked"
                }
            }
            """)
        try site.apply(
            site.uplink(),
            .policy(
                "doNotTrack: true, applyOnForward: true",
                ingress: "{action: Allow, protocol: UDP, destination: {ports: [53]}}",
                egress: "{action: Allow, protocol: UDP, source: {ports: [53]}}"))
        try site.policed.expect(.answered, .udp, 53, from: "world", to: "node")
        try site.policed.expect(.silent, .tcp, 80, from: "world", to: "node")
        #expect(try site.policed.packets(countedAs: "untracked") > 0)
        #expect(try site.policed.packets(countedAs: "tracked") == 0)
    }

    @Test("S84: applyOnForward, in and out, and the pods' own policies besides")
    func forwarded() throws {
        let site = try HostSite()
        try site.apply(
            site.uplink(),
            .policy("applyOnForward: true", egress: "{action: Deny, protocol: TCP}"))
        try site.policed.expect(.silent, .tcp, 80, from: "web", to: "world")
        try site.policed.expect(.silent, .udp, 53, from: "web", to: "world")
        try site.policed.expect(.answered, .tcp, 80, from: "world", to: "web")
        try site.policed.expect(.answered, .tcp, 80, from: "web", to: "front")
    }

    @Test("S64: types and codes of ICMP")
    func messages() throws {
        let site = try HostSite()
        try site.apply(
            site.uplink(),
            .policy(
                ingress: "{action: Allow, protocol: ICMP, icmp: {type: 8, code: 0}}",
                "{action: Deny, protocol: ICMPv6, icmp: {type: 128}}",
                "{action: Allow, protocol: ICMPv6}"))
        for address in PolicedLab.node {
            try site.policed.expect(
                address.contains(":") ? .silent : .answered, .icmp, from: "world", to: "node",
                at: address)
        }
        try site.apply(
            site.uplink(),
            .policy(ingress: "{action: Allow, protocol: ICMP, icmp: {type: 8, code: 1}}"))
        try site.policed.expect(
            .silent, .icmp, from: "world", to: "node", at: PolicedLab.node[0])
    }

    @Test("a Service's endpoints and network sets are peers of the node")
    func peers() throws {
        let site = try HostSite()
        try site.apply(
            site.uplink(), .endpointSlice(address: PolicedLab.world[0], port: 8080),
            .networkSet("friends", PolicedLab.world[2] + "/128"),
            .policy(
                ingress: "{action: Allow, source: {selector: group == 'friends'}}",
                egress:
                    "{action: Allow, destination: {services: {name: shop, namespace: shop}}}"))
        try site.policed.expect(
            .answered, .tcp, 8080, from: "node", to: "world", at: PolicedLab.world[0])
        try site.policed.expect(
            .silent, .tcp, 80, from: "node", to: "world", at: PolicedLab.world[0])
        try site.policed.expect(
            .silent, .tcp, 8080, from: "node", to: "world", at: PolicedLab.world[2])
        let answered = Probe(
            from: .host("world"), source: PolicedLab.world[2], to: .node,
            destination: PolicedLab.node[3], protocol: .tcp, port: 80)
        let silent = Probe(
            from: .host("world"), source: PolicedLab.world[0], to: .node,
            destination: PolicedLab.node[0], protocol: .tcp, port: 80)
        let expected: [Outcome] = [.answered, .silent]
        #expect(
            try site.policed.lab.prober.run([answered, silent], expecting: expected) == expected)
    }

    @Test("Reject tells the sender")
    func reject() throws {
        let site = try HostSite()
        try site.apply(
            site.uplink(), .configuration("nftablesFilterDenyAction: Reject"),
            .policy(ingress: "{action: Deny, protocol: TCP, destination: {ports: [80]}}"))
        try site.policed.expect(.refused, .tcp, 80, from: "world", to: "node")
    }

    @Test("S83: a policy that denies everything of every kind leaves the failsafe ports")
    func failsafes() throws {
        let site = try HostSite(servedPorts: [22, 80, 6443, 9999])
        let deny = ["", "applyOnForward: true", "preDNAT: true, applyOnForward: true"].enumerated()
            .map { number, kind in
                HostManifest.policy(
                    name: "deny-\(number)", kind, ingress: "{action: Deny}",
                    egress: kind.contains("preDNAT") ? nil : "{action: Deny}")
            }
        let untracked = HostManifest.policy(
            name: "deny-untracked", "doNotTrack: true, applyOnForward: true",
            ingress: "{action: Deny}", egress: "{action: Deny}")
        try site.apply(deny + [untracked, try site.uplink()])
        for port: UInt16 in [22, 6443] {
            try site.policed.expect(.answered, .tcp, port, from: "world", to: "node")
        }
        try site.policed.expect(.answered, .tcp, 6443, from: "node", to: "world")
        try site.policed.expect(.silent, .tcp, 80, from: "world", to: "node")
        try site.policed.expect(.silent, .tcp, 9999, from: "world", to: "node")
        try site.apply(
            deny + [
                untracked, try site.uplink(),
                .configuration(
                    """
                    failsafeInboundHostPorts: [{protocol: TCP, port: 9999, net: \
                    \(PolicedLab.world[0])/32}], failsafeOutboundHostPorts: []
                    """),
            ])
        let probes = PolicedLab.world[..<2].map {
            Probe(
                from: .host("world"), source: $0, to: .node, destination: PolicedLab.node[0],
                protocol: .tcp, port: 9999)
        }
        let expected: [Outcome] = [.answered, .silent]
        #expect(try site.policed.lab.prober.run(probes, expecting: expected) == expected)
        try site.policed.expect(.silent, .tcp, 22, from: "world", to: "node")
        try site.policed.expect(.silent, .tcp, 6443, from: "node", to: "world")
    }
}
