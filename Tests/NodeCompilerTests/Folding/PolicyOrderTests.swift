// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

/// Which of two policies, and of two tiers, is asked first, by the reference evaluator and by the
/// compiled table, in whatever order they arrive.
@Suite("Order of policies and tiers")
struct PolicyOrderTests {
    private static let packet = PacketDescription(
        source: FoldingWorld.peers[0], destination: FoldingWorld.pods[0], transport: .tcp,
        destinationPort: 80)

    /// A policy of the pod that allows or denies everything.
    private static func policy(
        _ name: String, kind: String = "GlobalNetworkPolicy", namespace: String? = nil,
        tier: String = "default", order: Double? = nil
    ) -> Policy {
        Policy(
            id: PolicyID(kind: kind, namespace: namespace, name: name), tier: tier, order: order,
            subject: .everyEndpoint)
    }

    /// That policies are asked as they are listed: of every two of them the earlier decides, whichever
    /// way and however they arrive.
    private static func expectOrder(
        _ policies: [Policy], tiers: [Tier] = [.standard],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for (earlier, later) in policies.indices.flatMap({ first in
            policies.indices.dropFirst(first + 1).map { (policies[first], policies[$0]) }
        }) {
            for action in [Action.allow, .deny] {
                var pair = [earlier, later]
                pair[0].ingress = [Rule(action)]
                pair[1].ingress = [Rule(action == .allow ? .deny : .allow)]
                for arrival in [pair, pair.reversed()] {
                    for tiers in [tiers, tiers.reversed()] {
                        let world = FoldingWorld(tiers: tiers, policies: arrival)
                        let comment: Comment = "\(earlier.id) before \(later.id): \(action)"
                        #expect(
                            world.policiesAllow(packet) == (action == .allow), comment,
                            sourceLocation: sourceLocation)
                        #expect(
                            try world.tableAllows(packet) == (action == .allow), comment,
                            sourceLocation: sourceLocation)
                    }
                }
            }
        }
    }

    @Test("S61: lower orders first, fractions and numbers below zero too; no order comes last")
    func orders() throws {
        try Self.expectOrder([
            Self.policy("g", order: -3), Self.policy("f", order: 0),
            Self.policy("e", order: 99.5), Self.policy("d", order: 100),
            Self.policy("c", order: 1e300), Self.policy("a"), Self.policy("b"),
        ])
    }

    @Test("S61: of equal orders the first by name/namespace/kind, as text")
    func ties() throws {
        for order in [nil, 10.0] {
            try Self.expectOrder([
                Self.policy("a-1", order: order),
                Self.policy("a", kind: "GlobalNetworkPolicy", order: order),
                Self.policy(
                    "a", kind: "NetworkPolicy", namespace: "shop", order: order),
                Self.policy(
                    "a", kind: "NetworkPolicy.projectcalico.org", namespace: "shop",
                    order: order),
                Self.policy("a", kind: "NetworkPolicy", namespace: "zoo", order: order),
                Self.policy("b", order: order),
            ])
        }
    }

    @Test("S52: of equal priorities of cluster-wide policies the first by name, then by kind")
    func priorities() throws {
        let tier = Tier.admin.name
        try Self.expectOrder(
            [
                Self.policy("a", kind: "AdminNetworkPolicy", tier: tier, order: 5),
                Self.policy("a", kind: "ClusterNetworkPolicy", tier: tier, order: 5),
                Self.policy("b", kind: "AdminNetworkPolicy", tier: tier, order: 5),
                Self.policy("0", kind: "AdminNetworkPolicy", tier: tier, order: 6),
                Self.policy("a", kind: "NetworkPolicy", namespace: "shop", order: 1000),
                Self.policy(
                    "z", kind: "ClusterNetworkPolicy", tier: Tier.baseline.name, order: 1000),
                Self.policy(
                    "default", kind: "BaselineAdminNetworkPolicy", tier: Tier.baseline.name),
            ], tiers: Tier.builtIn)
    }

    @Test("Tiers of equal order by name, those without an order last, and behind them missing ones")
    func tiers() throws {
        let tiers = [
            Tier(name: "m", order: -1, defaultAction: .pass),
            Tier(name: "c", order: 10, defaultAction: .pass),
            Tier(name: "d", order: 10, defaultAction: .pass),
            Tier(name: "b", order: 20_000_000, defaultAction: .pass),
            Tier(name: "k", order: .infinity, defaultAction: .pass),
            Tier(name: "l", order: .infinity, defaultAction: .pass),
        ]
        // Names and orders of the policies run against their tiers.
        let names = tiers.map(\.name) + ["a-missing", "b-missing"]
        let policies = names.enumerated().map { index, tier in
            Self.policy("p-\(9 - index)", tier: tier, order: Double(9 - index))
        }
        try Self.expectOrder(policies, tiers: tiers)
    }

    @Test(
        "A missing tier denies what its policies do not decide, and is left by pass like any other")
    func missingTiers() throws {
        for (actions, isAllowed) in [
            ([Action.log, .allow], false), ([.pass, .log], false), ([.pass, .allow], true),
            ([.pass, .pass], true),
        ] {
            var policies = [Self.policy("b", tier: "a-gone"), Self.policy("a", tier: "b-gone")]
            for index in policies.indices { policies[index].ingress = [Rule(actions[index])] }
            for arrival in permutations(policies) {
                let world = FoldingWorld(tiers: [.standard], policies: arrival)
                #expect(world.policiesAllow(Self.packet) == isAllowed, "\(actions)")
                #expect(try world.tableAllows(Self.packet) == isAllowed, "\(actions)")
            }
        }
    }
}
