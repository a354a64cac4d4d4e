// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A cluster of a given size for measurements, shaped like those in the field: each namespace has
/// a few applications, a default deny, and policies between applications, from other teams'
/// namespaces, for DNS and for addresses outside.
public struct LargeCluster: Sendable {
    public var pods: Int
    public var policies: Int
    /// The pods on ``localNode``, spread over all namespaces.
    public var localPods: Int

    public static let localNode = "node-0"

    public init(pods: Int, policies: Int, localPods: Int) {
        self.pods = pods
        self.policies = policies
        self.localPods = localPods
    }

    /// The cluster that loading is measured with.
    public static let forLoad = LargeCluster(pods: 10_000, policies: 1_000, localPods: 110)

    private static let applicationsPerNamespace = 10
    private static let policiesPerNamespace = 10
    private static let teams = ["red", "green", "blue", "grey"]

    private var namespaceCount: Int { max(1, policies / Self.policiesPerNamespace) }

    /// The state; the same for the same sizes.
    public func state() -> ClusterState {
        ClusterState(
            namespaces: (0..<namespaceCount).map {
                Namespace(name: name($0), labels: ["team": Self.teams[$0 % Self.teams.count]])
            },
            nodes: [Node(name: Self.localNode, addresses: [.ipv4(0xc0a8_0001)])],
            endpoints: (0..<pods).map(pod), policies: (0..<policies).map(policy))
    }

    private func name(_ namespace: Int) -> String { "ns-\(namespace)" }

    private func pod(_ number: Int) -> Endpoint {
        let namespace = number % namespaceCount
        let application = number / namespaceCount % Self.applicationsPerNamespace
        return Endpoint(
            id: EndpointID(namespace: name(namespace), name: "pod-\(number)"),
            labels: [
                "app": "app-\(application)", "pod-template-hash": "\(number / 7)",
                "tier": application < 3 ? "front" : "back",
            ],
            node: number < localPods ? Self.localNode : "node-\(1 + number / 100)",
            addresses: [
                .ipv4(0x0a00_0000 + UInt32(number) + 1),
                .ipv6(UInt128(0xfd00) << 112 + UInt128(number) + 1),
            ],
            namedPorts: [NamedPort(name: "http", transport: .tcp, number: 8080)])
    }

    private func policy(_ number: Int) -> Policy {
        let namespace = number / Self.policiesPerNamespace
        let kind = number % Self.policiesPerNamespace
        let own = NamespaceScope.named(name(namespace))
        func application(_ number: Int) -> EndpointSelector {
            let value = "app-\(number % Self.applicationsPerNamespace)"
            return EndpointSelector(
                namespaces: own, labels: .isOneOf(key: "app", values: [value]))
        }
        let id = PolicyID(
            kind: "NetworkPolicy", namespace: name(namespace), name: "policy-\(kind)")
        let everyPod = EndpointSelector(namespaces: own, labels: .everything)
        switch kind {
        case 0:
            return Policy(id: id, order: 1000, subject: everyPod, ingress: [])
        case 1:
            let dns = EndpointSelector(
                namespaces: .labelled(.isOneOf(key: Namespace.nameLabel, values: ["ns-0"])),
                labels: .isOneOf(key: "app", values: ["app-0"]))
            let ports = Ports.only([.numbers(.udp, 53...53), .numbers(.tcp, 53...53)])
            return Policy(
                id: id, order: 1000, subject: everyPod,
                egress: [
                    Rule(.allow, peers: .only([.endpoints(dns)]), ports: ports),
                    Rule(.allow, peers: .only([.endpoints(everyPod)])),
                ])
        case 2:
            let team = EndpointSelector(
                namespaces: .labelled(
                    .isOneOf(key: "team", values: [Self.teams[namespace % Self.teams.count]])),
                labels: .isOneOf(key: "tier", values: ["front"]))
            return Policy(
                id: id, order: 1000,
                subject: EndpointSelector(
                    namespaces: own, labels: .isOneOf(key: "tier", values: ["front"])),
                ingress: [
                    Rule(
                        .allow, peers: .only([.endpoints(team)]),
                        ports: .only([.named(.tcp, "http")]))
                ])
        case 3:
            let blocks = (0..<4).map { block -> Peer in
                let network = 0xac10_0000 + UInt32(namespace * 4 + block) << 8
                return .network(
                    CIDR(.ipv4(network), prefixLength: 24),
                    except: [CIDR(.ipv4(network + 16), prefixLength: 28)])
            }
            return Policy(
                id: id, order: 1000, subject: application(3),
                ingress: [
                    Rule(.allow, peers: .only(blocks), ports: .only([.numbers(.tcp, 443...443)]))
                ])
        default:
            return Policy(
                id: id, order: 1000, subject: application(kind),
                ingress: [
                    Rule(
                        .allow,
                        peers: .only([
                            .endpoints(application(kind + 1)), .endpoints(application(kind + 2)),
                        ]),
                        ports: .only([
                            .numbers(.tcp, 8080...8080), .numbers(.tcp, 9090...9090),
                        ]))
                ])
        }
    }
}
