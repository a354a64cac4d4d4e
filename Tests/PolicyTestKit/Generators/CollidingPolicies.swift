// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Two pods and their policies, which allow peers whose sets would get the same name: the hashes of
/// `shop: app=v5809` and `shop: app=v71894` are equal. The pair was found by trying.
public struct CollidingPolicies {
    public static let node = "a"
    public init() {}

    /// One peer of each kind, and the first policy alone.
    public var state: ClusterState {
        ClusterState(
            namespaces: [Namespace(name: "shop")],
            endpoints: [
                pod("first", "first", 1, node: Self.node),
                pod("second", "second", 2, node: Self.node),
                pod("v5809", "peer", 3, node: "b"), pod("v71894", "other", 4, node: "b"),
            ],
            policies: [policy("first", "v5809")])
    }

    /// The policy with which the collision begins.
    public var second: Policy { policy("second", "v71894") }

    /// Another peer of the first policy comes.
    public func peerJoins(_ number: UInt32) -> ClusterChange {
        let pod = pod("v5809", "peer-\(number)", 10 + number, node: "b")
        return .endpoint(pod.id, pod)
    }

    private func pod(
        _ application: String, _ name: String, _ host: UInt32, node: String
    ) -> Endpoint {
        Endpoint(
            id: EndpointID(namespace: "shop", name: name), labels: ["app": application],
            node: node, addresses: [.ipv4(0x0a00_0000 + host)])
    }

    private func policy(_ subject: String, _ peer: String) -> Policy {
        func pods(_ application: String) -> EndpointSelector {
            EndpointSelector(
                namespaces: .named("shop"),
                labels: .isOneOf(key: "app", values: [application]))
        }
        return Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: subject), order: 1000,
            subject: pods(subject),
            ingress: [Rule(.allow, peers: .only([.endpoints(pods(peer))]))])
    }
}
