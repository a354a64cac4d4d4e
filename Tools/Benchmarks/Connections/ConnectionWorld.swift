// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A node with 100 pods, two of which are really there, under so many policies: each governs all pods
/// but the client, and allows a group of pods and a block to two ports. The last one allows the
/// client.
struct ConnectionWorld {
    static let node = "node-0"
    static let addresses = ["10.20.0.2", "10.20.0.5"]

    let policies: Int

    private static let namespace = "shop"
    private static let localPods = 98
    private static let groupSize = 4

    static func id(_ name: String) -> EndpointID {
        EndpointID(namespace: namespace, name: name)
    }

    /// The cluster.
    var state: ClusterState {
        let last = policies - 1
        var pods = [
            Endpoint(
                id: Self.id(ConnectionPair.client), labels: ["group": "\(last)"], node: Self.node,
                addresses: [IPAddress(Self.addresses[0])!]),
            Endpoint(
                id: Self.id(ConnectionPair.server), labels: ["app": "server"], node: Self.node,
                addresses: [IPAddress(Self.addresses[1])!]),
        ]
        pods += (0..<Self.localPods).map { number in
            Endpoint(
                id: Self.id("local-\(number)"), labels: ["app": "server"], node: Self.node,
                addresses: [.ipv4(0x0a14_0100 + UInt32(number))])
        }
        pods += (0..<policies * Self.groupSize).map { number in
            Endpoint(
                id: Self.id("pod-\(number)"), labels: ["group": "\(number / Self.groupSize)"],
                node: "node-1", addresses: [.ipv4(0x0a40_0000 + UInt32(number))])
        }
        return ClusterState(
            namespaces: [Namespace(name: Self.namespace)],
            nodes: [Node(name: Self.node, addresses: [.ipv4(0xc0a8_0001)])], endpoints: pods,
            policies: (0..<policies).map(policy))
    }

    private func policy(_ number: Int) -> Policy {
        let namespace = NamespaceScope.named(Self.namespace)
        let group = EndpointSelector(
            namespaces: namespace, labels: .isOneOf(key: "group", values: ["\(number)"]))
        let block = CIDR(.ipv4(0x0a80_0000 + UInt32(number) << 9), prefixLength: 24)
        return Policy(
            id: PolicyID(
                kind: "NetworkPolicy", namespace: Self.namespace, name: "allow-\(10_000 + number)"),
            order: 1000,
            subject: EndpointSelector(
                namespaces: namespace, labels: .isOneOf(key: "app", values: ["server"])),
            ingress: [
                Rule(
                    .allow, peers: .only([.endpoints(group), .network(block, except: [])]),
                    ports: .only([
                        .numbers(.tcp, ConnectionPair.port...ConnectionPair.port),
                        .numbers(.tcp, 9090...9090),
                    ]))
            ])
    }
}
