// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyVerification
import Testing

/// Changes made with nft that let a packet pass which the policies deny, or drop one which they allow,
/// in ways that a proof can fail to see.
@Suite(.needsNamespaces) struct HiddenChangeTests {
    @Test("A change whose effect is not understood is never called proved", arguments: changes)
    func isNotProved(change: String) throws {
        #expect(try outcome(after: change) != .proved)
    }

    private static let changes = [
        // The source of a packet from elsewhere need not be of type unicast.
        "insert rule inet sluice forward fib saddr type != unicast accept",
        "insert rule inet sluice forward fib saddr type broadcast accept",
        "insert rule inet sluice forward fib saddr type { broadcast, multicast } accept",
        // A named object takes the packet, without a verdict in the rule.
        """
        add synproxy inet sluice proxy { mss 1460; wscale 7; }
        insert rule inet sluice forward tcp dport 80 synproxy name proxy
        """,
        // Replies no longer belong to their connection.
        """
        add chain inet sluice early { type filter hook prerouting priority -300; }
        add rule inet sluice early ip saddr 10.0.0.3 ct zone set 5
        """,
        // Of elements that overlap the first one counts.
        """
        add map inet sluice choice { type ipv4_addr . inet_service : verdict; flags interval; }
        add element inet sluice choice { 10.9.0.99 . 7 : accept }
        add element inet sluice choice { 10.9.0.98-10.9.0.100 . 7 : drop }
        insert rule inet sluice isolated ip saddr . tcp dport vmap @choice
        """,
        // Between the ends of an interval there is more.
        """
        insert rule inet sluice isolated icmp type { 3-5, 9 } accept
        insert rule inet sluice isolated icmp type 10 drop
        insert rule inet sluice isolated icmp type 9 drop
        insert rule inet sluice isolated icmp type 6 drop
        insert rule inet sluice isolated icmp type 3 drop
        insert rule inet sluice isolated icmp type 0 drop
        insert rule inet sluice isolated ip saddr . ip daddr @self4 return
        """,
    ]

    @Test("A change without effect on any packet's fate is proved", arguments: harmless)
    func isProved(change: String) throws {
        #expect(try outcome(after: change) == .proved)
    }

    private static let harmless = [
        "insert rule inet sluice forward fib saddr type local counter",
        "insert rule inet sluice forward fib saddr type != local ip saddr 10.9.0.1 counter",
        """
        add counter inet sluice hits
        insert rule inet sluice forward counter name hits
        """,
        "insert rule inet sluice forward meta mark set 5",
        """
        add map inet sluice choice { type ipv4_addr . inet_service : verdict; flags interval; }
        add element inet sluice choice { 10.9.0.99 . 7 : drop }
        add element inet sluice choice { 10.9.0.98-10.9.0.100 . 7 : drop }
        insert rule inet sluice isolated ip saddr . tcp dport vmap @choice
        """,
    ]

    private func outcome(after change: String) throws -> VerificationReport.Outcome {
        let place = try TestNamespace("hidden")
        let state = Self.state
        try place.bring(to: NodeCompilation(state, node: "alpha").table)
        try place.nft(change)
        return Verification(state, localNode: "alpha").verify(try place.table()).outcome
    }

    /// A pod to which only another one may talk, on one port.
    private static let state: ClusterState = {
        func peers(_ app: String) -> EndpointSelector {
            EndpointSelector(
                namespaces: .named("shop"), labels: .isOneOf(key: "app", values: [app]))
        }
        func pod(_ app: String, _ address: UInt32) -> Endpoint {
            Endpoint(
                id: EndpointID(namespace: "shop", name: app), labels: ["app": app], node: "alpha",
                addresses: [.ipv4(address)])
        }
        let front = Rule(
            .allow, peers: .only([.endpoints(peers("front"))]),
            ports: .only([.numbers(.tcp, 80...80)]))
        let policy = Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: "web"), order: 1000,
            subject: peers("web"), ingress: [front])
        return ClusterState(
            namespaces: [Namespace(name: "shop")],
            nodes: [Node(name: "alpha", addresses: [.ipv4(0xc0a8_000a)])],
            endpoints: [pod("web", 0x0a00_0001), pod("front", 0x0a00_0002)], policies: [policy])
    }()
}
