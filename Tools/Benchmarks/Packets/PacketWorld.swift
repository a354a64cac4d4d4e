// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A cluster around one endpoint of the node, which some policies govern, and those who send to it.
///
/// Each policy that allows has a group of pods of its own. The senders are a large group: 4,096 pods,
/// so that a look at one of their addresses finds no processor's cache prepared.
struct PacketWorld {
    static let node = "node-0"
    static let server = EndpointID(namespace: "shop", name: "server")
    /// The blocks that pods have their addresses from.
    static let pools = ["10.0.0.0/8", "fd00::/16"].map { CIDR($0)! }
    /// Which bits of a sender's address tell it from the others.
    static let senderMask: UInt16 = 0x0fff
    /// The same where the senders are a block.
    static let blockMask: UInt16 = 0x00ff
    static let firstPort: UInt16 = 5000

    private static let othersInGroup = 32
    private static let ports = 4

    let family: AddressFamily
    private var pods: [Endpoint] = []
    private(set) var policies: [Policy] = []
    private(set) var tiers = Tier.builtIn

    init(_ family: AddressFamily) {
        self.family = family
        pods.append(
            Endpoint(
                id: Self.server, labels: ["app": "server"], node: Self.node,
                addresses: [destination]))
    }

    /// Where all packets go.
    var destination: IPAddress {
        family == .ipv4 ? .ipv4(0x0a14_0005) : .ipv6(UInt128(0xfd00_0020) << 96 | 5)
    }

    /// The first of the senders.
    var sender: IPAddress { Self.sender(family, 0) }

    /// The first address of a block that a policy may allow; blocks do not adjoin.
    static func block(_ number: Int, _ family: AddressFamily) -> CIDR {
        switch family {
        case .ipv4: CIDR(.ipv4(0x0a50_0000 + UInt32(number) << 9), prefixLength: 24)
        case .ipv6:
            CIDR(.ipv6(UInt128(0xfd00_0080) << 96 | UInt128(number) << 17), prefixLength: 112)
        }
    }

    private static func sender(_ family: AddressFamily, _ number: Int) -> IPAddress {
        switch family {
        case .ipv4: .ipv4(0x0a40_0000 + UInt32(number))
        case .ipv6: .ipv6(UInt128(0xfd00_0064) << 96 | UInt128(number))
        }
    }

    /// The whole cluster.
    var state: ClusterState {
        ClusterState(
            namespaces: [Namespace(name: "shop")],
            nodes: [Node(name: Self.node, addresses: [.ipv4(0xc0a8_0001)])],
            endpoints: pods, tiers: tiers, policies: policies)
    }

    /// Adds the senders, with these labels.
    mutating func addSenders(_ labels: [String: String]) {
        for number in 0...Int(Self.senderMask) {
            pods.append(
                Endpoint(
                    id: EndpointID(namespace: "shop", name: "sender-\(number)"), labels: labels,
                    node: "node-1", addresses: [Self.sender(family, number)]))
        }
    }

    /// Adds a few pods that send nothing, with this label.
    mutating func addGroup(_ key: String, _ value: String) {
        for _ in 0..<Self.othersInGroup {
            pods.append(
                Endpoint(
                    id: EndpointID(namespace: "shop", name: "pod-\(pods.count)"),
                    labels: [key: value], node: "node-2",
                    addresses: [Self.sender(family, 0x1_0000 + pods.count)]))
        }
    }

    /// Adds a Kubernetes policy for the endpoint.
    mutating func allow(_ peers: [Peer], port: UInt16) {
        let number = String(policies.count + 10_000)
        policies.append(
            Policy(
                id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: "allow-\(number)"),
                order: 1000, subject: subject(reach: .pods),
                ingress: [
                    Rule(
                        .allow, peers: .only(peers), ports: .only([.numbers(.udp, port...port)]))
                ]))
    }

    /// Adds a policy of a tier before those of Kubernetes.
    mutating func add(_ action: Action, from peer: Peer, in tier: Tier) {
        if !tiers.contains(tier) { tiers.append(tier) }
        let number = String(policies.count + 10_000)
        policies.append(
            Policy(
                id: PolicyID(
                    kind: "GlobalNetworkPolicy", namespace: nil, name: "\(tier.name).\(number)"),
                tier: tier.name, order: Double(policies.count),
                subject: subject(reach: .everything),
                ingress: [Rule(action, peers: .only([peer]))]))
    }

    private func subject(reach: EndpointSelector.Reach) -> EndpointSelector {
        EndpointSelector(
            namespaces: .named("shop"), labels: .isOneOf(key: "app", values: ["server"]),
            reach: reach)
    }

    /// The pods of the namespace that have a label.
    static func group(
        _ key: String, _ value: String, reach: EndpointSelector.Reach = .pods
    ) -> Peer {
        .endpoints(
            EndpointSelector(
                namespaces: .named("shop"), labels: .isOneOf(key: key, values: [value]),
                reach: reach))
    }
}
