// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A large cluster whose policies speak of teams and roles, for measurements of changes beside a
/// full table: 250 pods of the node, each governed by its own ten policies, and peers that are
/// shared by all of them.
public struct TeamCluster: Sendable {
    public var pods: Int

    public static let localNode = "node-0"
    private static let teams = 8
    private static let roles = 10
    private static let namespaces = 50
    private static let applications = 5
    private static let portsPerApplication = 11
    /// One pod of the node for each application of each namespace.
    public static let localPods = namespaces * applications

    public init(pods: Int) { self.pods = pods }

    /// The state; the same for the same size.
    public func state() -> ClusterState {
        ClusterState(
            namespaces: (0..<Self.namespaces).map {
                Namespace(name: "ns-\($0)", labels: ["team": "team-\($0 % Self.teams)"])
            },
            nodes: [Node(name: Self.localNode, addresses: [.ipv4(0xc0a8_0001)])],
            endpoints: (0..<pods).map(pod),
            policies: (0..<(Self.localPods * Self.portsPerApplication)).map(policy)
                + (0..<Self.namespaces).map(egressPolicy))
    }

    /// A pod of the cluster; those beyond its size are of other nodes too.
    public func pod(_ number: Int) -> Endpoint {
        let namespace = number % Self.namespaces
        let application = number / Self.namespaces % Self.applications
        return Endpoint(
            id: EndpointID(namespace: "ns-\(namespace)", name: "pod-\(number)"),
            labels: [
                "app": "app-\(application)",
                "role": "role-\(number / Self.namespaces % Self.roles)",
                "pod-template-hash": "\(number / 7)",
            ],
            node: number < Self.localPods ? Self.localNode : "node-\(1 + number / 100)",
            addresses: [
                .ipv4(0x0a00_0000 + UInt32(number) + 1),
                .ipv6(UInt128(0xfd00) << 112 + UInt128(number) + 1),
            ])
    }

    /// One port of one application for one role of one team.
    private func policy(_ number: Int) -> Policy {
        let port = number % Self.portsPerApplication
        let subject = number / Self.portsPerApplication
        let namespace = subject % Self.namespaces
        let application = subject / Self.namespaces
        let peers = EndpointSelector(
            namespaces: .labelled(
                .isOneOf(key: "team", values: ["team-\((namespace + port) % Self.teams)"])),
            labels: .isOneOf(
                key: "role", values: ["role-\((application + port) % Self.roles)"]))
        let number = UInt16(8_000 + port)
        return Policy(
            id: PolicyID(
                kind: "NetworkPolicy", namespace: "ns-\(namespace)",
                name: "app-\(application)-port-\(number)"),
            order: 1_000,
            subject: EndpointSelector(
                namespaces: .named("ns-\(namespace)"),
                labels: .isOneOf(key: "app", values: ["app-\(application)"])),
            ingress: [
                Rule(
                    .allow, peers: .only([.endpoints(peers)]),
                    ports: .only([.numbers(.tcp, number...number)]))
            ])
    }

    /// A namespace's pods may reach its own team, and names everywhere.
    private func egressPolicy(_ namespace: Int) -> Policy {
        let own = EndpointSelector(
            namespaces: .labelled(
                .isOneOf(key: "team", values: ["team-\(namespace % Self.teams)"])),
            labels: .isOneOf(key: "role", values: ["role-0"]))
        return Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: "ns-\(namespace)", name: "egress"),
            order: 1_000,
            subject: EndpointSelector(
                namespaces: .named("ns-\(namespace)"), labels: .everything),
            egress: [
                Rule(.allow, ports: .only([.numbers(.udp, 53...53)])),
                Rule(.allow, peers: .only([.endpoints(own)])),
            ])
    }
}
