// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import PolicyVerification

/// A random world whose policies ask for everything that rules can ask for.
struct EnrichedWorld {
    private var random: SeededGenerator
    private(set) var state: ClusterState

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed ^ 0xca11c0)
        state = WorldGenerator(seed: seed, size: 7, style: .tiered).world()
        addObjects()
        for index in state.policies.indices {
            state.policies[index].ingress = state.policies[index].ingress?.map { enriched($0) }
            state.policies[index].egress = state.policies[index].egress?.map { enriched($0) }
            if random.chance(25) { state.policies[index].subject = selector() }
        }
    }

    static let blocks = [
        "10.0.0.0/8", "10.0.0.0/24", "10.0.0.8/29", "192.168.0.0/16", "198.51.100.0/24",
        "203.0.113.0/25", "0.0.0.0/0", "fd00::/16", "2001:db8::/33", "::/0",
    ].map { CIDR($0)! }

    private mutating func addObjects() {
        for index in state.endpoints.indices {
            if random.chance(50) {
                state.endpoints[index].serviceAccount = random.pick(["api", "db"])
            }
            if random.chance(20) {
                let kind: EndpointKind = random.pick([.workload, .workload, .host])
                let old = state.endpoints[index].id
                state.endpoints[index].id = EndpointID(
                    kind: kind, namespace: kind == .host ? "" : old.namespace, name: old.name)
            }
            if state.endpoints[index].id.kind == .host {
                // By its address alone nobody could tell it from a pod here.
                state.endpoints[index].particulars = EndpointParticulars(interface: "eth9")
            } else if random.chance(20) {
                state.endpoints[index].particulars = EndpointParticulars(
                    profiles: random.some(2, of: ["open", "closed", "missing", "kns.shop"]),
                    orchestrator: random.pick(["openstack", nil]))
            }
        }
        for index in state.nodes.indices {
            state.nodes[index].labels = random.pick([["zone": "a"], ["zone": "b"], [:]])
        }
        let namespaces = Set(state.endpoints.map(\.id.namespace)).filter { !$0.isEmpty }.sorted()
        for (index, app) in ["web", "db", "api"].enumerated() {
            state.networkSets.append(
                NetworkSet(
                    id: NetworkSetID(
                        namespace: random.chance(50) ? random.pick(namespaces) : nil,
                        name: "set-\(index)"),
                    labels: ["app": app], blocks: random.some(2, of: Self.blocks)))
        }
        let addresses = state.endpoints.flatMap(\.addresses)
        for index in 0..<2 where !addresses.isEmpty {
            state.serviceSlices.append(
                ServiceSlice(
                    id: ServiceSliceID(namespace: "shop", name: "slice-\(index)"), service: "front",
                    addresses: random.some(3, of: addresses),
                    ports: [ServicePort(transport: .tcp, number: index == 0 ? 80 : 8080)]))
        }
        for namespace in namespaces {
            state.serviceAccounts.append(
                ServiceAccount(
                    id: ServiceAccountID(namespace: namespace, name: "api"),
                    labels: ["team": random.pick(["blue", "red"])]))
        }
        state.profiles = [
            Profile(
                name: "open", labels: ["app": "web"], ingress: [Rule(.allow)],
                egress: [enriched(Rule(.allow)), Rule(.deny)]),
            Profile(name: "closed", ingress: [], egress: [Rule(.pass)]),
        ]
        if random.chance(40) {
            state.profiles.append(
                Profile(
                    name: Profile.name(ofNamespace: random.pick(namespaces)),
                    ingress: [enriched(Rule(.allow)), enriched(Rule(.deny))],
                    egress: [Rule(.allow)]))
        }
    }

    private mutating func enriched(_ rule: Rule) -> Rule {
        var rule = rule
        if random.chance(40) { rule.peers = peers() }
        if random.chance(15) { rule.conditions.own = peers() }
        if random.chance(10) { rule.conditions.family = random.pick([.ipv4, .ipv6]) }
        if random.chance(25) { rule.ports = .only([port(), port()]) }
        if random.chance(20) { rule.conditions.sourcePorts = .only([port()]) }
        if random.chance(15) { rule.conditions.exceptPorts = [port(), port()] }
        if random.chance(15) { rule.conditions.exceptSourcePorts = [port()] }
        return rule
    }

    private mutating func peers() -> Peers {
        .only((0..<random.number(in: 1...2)).map { _ in peer() })
    }

    private mutating func peer() -> Peer {
        switch random.number(in: 0...6) {
        case 0: .nodes(random.pick([.has("zone"), .isOneOf(key: "zone", values: ["a"])]))
        case 1: .service(ServiceID(namespace: "shop", name: random.pick(["front", "none"])))
        case 2: .endpoints(selector())
        default:
            .addresses(
                AddressMatch(
                    selector: random.chance(40) ? selector() : nil,
                    notSelector: random.chance(40) ? selector() : nil,
                    nets: random.chance(40) ? random.some(2, of: Self.blocks) : nil,
                    notNets: random.chance(30) ? random.some(2, of: Self.blocks) : []))
        }
    }

    private mutating func selector() -> EndpointSelector {
        let labels: Selector = random.pick([
            .everything, .has("app"), .isOneOf(key: "app", values: ["web"]),
            .not(.isOneOf(key: "app", values: ["db"])), .isText(key: "app", .contains("b")),
            .not(.isText(key: "app", .startsWith("a"))),
            .has("projectcalico.org/orchestrator"),
            .isOneOf(key: "projectcalico.org/orchestrator", values: ["k8s"]),
            .isOneOf(key: "projectcalico.org/serviceaccount", values: ["api"]),
            .isOneOf(key: "projectcalico.org/namespace", values: ["shop", "pay"]),
            .has("pcns.team"), .isOneOf(key: "pcsa.team", values: ["red"]),
        ])
        return EndpointSelector(
            namespaces: random.pick([
                .any, .any, .named("shop"), .labelled(.has("team")),
                .labelled(.not(.has("projectcalico.org/name"))),
            ]), labels: labels,
            serviceAccounts: random.chance(20)
                ? random.pick([
                    .has("team"), .isOneOf(key: "projectcalico.org/name", values: ["db"]),
                ])
                : nil,
            reach: random.chance(70) ? .everything : .pods)
    }

    private mutating func port() -> PortMatch {
        let transport = random.pick([IPProtocol.tcp, .udp])
        return random.pick([
            .every(random.pick([.tcp, .udp, .icmp, .icmpv6])),
            .numbers(transport, 80...80), .numbers(transport, 53...8080),
            .numbers(transport, 1024...65535), .named(transport, random.pick(["http", "dns"])),
            .icmp(.icmp, type: 8, code: nil), .icmp(.icmp, type: 3, code: 1),
            .icmp(.icmpv6, type: 128, code: 0), .icmp(.icmpv6, type: 1, code: nil),
        ])
    }

    /// Packets between addresses that the policies may tell apart.
    mutating func packets(_ count: Int) -> [PacketDescription] {
        let slices = state.serviceSlices.flatMap(\.addresses)
        let near = state.endpoints.flatMap(\.addresses) + slices
        let far =
            state.nodes.flatMap(\.addresses)
            + [
                "10.0.0.9", "192.168.0.1", "198.51.100.7", "203.0.113.200", "8.8.8.8",
                "2001:db8::5", "fe00::1",
            ].map { IPAddress($0)! }
        var packets: [PacketDescription] = []
        while packets.count < count {
            let source = random.pick(random.chance(70) ? near : far)
            let destination = random.pick(random.chance(70) ? near : far)
            guard source.family == destination.family else { continue }
            var packet = PacketDescription(
                source: source, destination: destination,
                transport: random.pick([
                    .tcp, .tcp, .udp, .sctp, .icmp, .icmpv6, IPProtocol(rawValue: 50),
                ]))
            switch packet.transport {
            case .icmp, .icmpv6:
                packet.icmpType = random.pick([0, 1, 3, 8, 128, 133])
                packet.icmpCode = random.pick([0, 1, 2])
            case .tcp, .udp, .sctp:
                packet.sourcePort = random.pick([53, 80, 81, 1023, 5353, 8080, 8443, 40_000])
                packet.destinationPort = random.pick([52, 53, 80, 443, 8080, 8443, 9100, 40_000])
            default: break
            }
            packets.append(packet)
        }
        return packets
    }
}
