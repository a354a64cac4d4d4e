// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A Calico-flavoured cluster for measurements: the pods of a ``LargeCluster`` under five tiers with
/// 1,000 policies and 200 network sets, whose 20,000 blocks overlap each other.
public struct TieredCluster: Sendable {
    /// Where pods and namespaces come from.
    public var pods: LargeCluster
    public var policies: Int
    public var networkSets: Int
    public var blocksPerSet: Int

    public static let localNode = LargeCluster.localNode

    /// The cluster that loading and updating are measured with.
    public static let standard = TieredCluster(
        pods: .forLoad, policies: 1_000, networkSets: 200, blocksPerSet: 100)

    /// The tiers besides the built-in ones; with `default` there are five in use.
    private static let tiers = [
        Tier(name: "security", order: 10, defaultAction: .pass),
        Tier(name: "platform", order: 20, defaultAction: .pass),
        Tier(name: "team", order: 30, defaultAction: .pass),
        Tier(name: "application", order: 40, defaultAction: .deny),
    ]

    /// How many kinds of threats the network sets are labelled with.
    private static let feeds = 20

    /// The state; the same for the same sizes.
    public func state() -> ClusterState {
        var state = pods.state()
        state.tiers = Tier.builtIn + Self.tiers
        state.networkSets = (0..<networkSets).map(networkSet)
        let namespaces = state.namespaces.map(\.name)
        state.policies = (0..<policies).map { policy($0, among: namespaces) }
        return state
    }

    /// A set of /24 blocks, every tenth of them inside a /20 of the same set and of others.
    public func networkSet(_ number: Int) -> NetworkSet {
        let blocks = (0..<blocksPerSet).map { block -> CIDR in
            let place = UInt32(number * blocksPerSet + block) % 16_384
            let network = 0x2d00_0000 + place << 8
            return block % 10 == 0
                ? CIDR(.ipv4(network & 0xffff_f000), prefixLength: 20)
                : CIDR(.ipv4(network), prefixLength: 24)
        }
        return NetworkSet(
            id: NetworkSetID(namespace: nil, name: "feed-\(number)"),
            labels: ["feed": "kind-\(number % Self.feeds)"], blocks: blocks)
    }

    private func policy(_ number: Int, among namespaces: [String]) -> Policy {
        let namespace = namespaces[number / 5 % namespaces.count]
        switch number % 5 {
        case 0: return feedPolicy(number)
        case 1: return platformPolicy(number, namespace)
        case 2: return teamPolicy(number, namespace)
        default: return applicationPolicy(number, namespace)
        }
    }

    private func global(_ number: Int, _ tier: String) -> PolicyID {
        PolicyID(kind: "GlobalNetworkPolicy", namespace: nil, name: "\(tier).policy-\(number)")
    }

    private func selector(_ labels: Selector, in namespace: String? = nil) -> EndpointSelector {
        EndpointSelector(
            namespaces: namespace.map { .named($0) } ?? .any, labels: labels, reach: .everything)
    }

    private func application(_ number: Int) -> Selector {
        .isOneOf(key: "app", values: ["app-\(number % 10)"])
    }

    /// Keeps some applications away from a feed's addresses.
    private func feedPolicy(_ number: Int) -> Policy {
        let feed = Selector.isOneOf(key: "feed", values: ["kind-\(number / 5 % Self.feeds)"])
        let peers = Peers.only([.endpoints(selector(feed))])
        return Policy(
            id: global(number, "security"), tier: "security", order: Double(number % 100),
            subject: selector(application(number / 5)), ingress: [Rule(.deny, peers: peers)],
            egress: [Rule(.deny, peers: peers)])
    }

    /// Lets DNS and pings through, and passes the rest on.
    private func platformPolicy(_ number: Int, _ namespace: String) -> Policy {
        Policy(
            id: global(number, "platform"), tier: "platform", order: Double(number),
            subject: selector(.everything, in: namespace),
            ingress: [Rule(.allow, ports: .only([.icmp(.icmp, type: 8, code: nil)]))],
            egress: [Rule(.allow, ports: .only([.numbers(.udp, 53...53)])), Rule(.pass)])
    }

    /// Keeps other teams out of the lower ports.
    private func teamPolicy(_ number: Int, _ namespace: String) -> Policy {
        let others = EndpointSelector(
            namespaces: .labelled(.not(.isOneOf(key: "team", values: ["red"]))),
            labels: .has("app"), reach: .everything)
        return Policy(
            id: PolicyID(
                kind: "NetworkPolicy.projectcalico.org", namespace: namespace,
                name: "team.policy-\(number)"),
            tier: "team", order: Double(number),
            subject: selector(.has("tier"), in: namespace),
            ingress: [
                Rule(
                    .deny, peers: .only([.endpoints(others)]),
                    ports: .only([.numbers(.tcp, 1...1023)])),
                Rule(.pass),
            ])
    }

    /// What an application is for.
    private func applicationPolicy(_ number: Int, _ namespace: String) -> Policy {
        let peer = selector(
            .all([
                application(number / 5 + 1), .not(.isOneOf(key: "tier", values: ["legacy"])),
            ]), in: namespace)
        return Policy(
            id: PolicyID(
                kind: "NetworkPolicy.projectcalico.org", namespace: namespace,
                name: "application.policy-\(number)"),
            tier: "application", order: Double(number),
            subject: selector(application(number / 5), in: namespace),
            ingress: [
                Rule(
                    .allow, peers: .only([.endpoints(peer)]),
                    ports: .only([.numbers(.tcp, 8080...8090), .named(.tcp, "http")]),
                    conditions: RuleConditions(exceptPorts: [.numbers(.tcp, 8085...8085)]))
            ])
    }
}
