// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import Testing

/// Two sets whose names hash alike.
@Suite struct NameCollisionTests {
    @Test("a collision is noticed, survived, and over when its cause is gone")
    func comesAndGoes() throws {
        let colliding = CollidingPolicies()
        let live = LiveCompilation(node: CollidingPolicies.node)
        var state = ClusterState(tiers: [])
        /// Whether the change was known in its parts.
        func isKnown(_ changes: [ClusterChange]) throws -> Bool {
            let before = live.table
            let outcome = live.apply(changes)
            for change in changes { state.apply(change) }
            let scratch = NodeCompilation(state, node: CollidingPolicies.node).table
            #expect(live.table == scratch)
            guard case .change(let change) = outcome else { return false }
            #expect(before.applying(change) == live.table)
            return true
        }
        #expect(try isKnown(colliding.state.asChanges))
        let second = colliding.second
        for round in 0..<2 as Range<UInt32> {
            #expect(try !isKnown([.policy(second.id, second)]))
            #expect(live.table.sets.filter { $0.name.hasPrefix("pods4-") }.count == 2)
            #expect(try !isKnown([colliding.peerJoins(2 * round)]))
            #expect(try !isKnown([.policy(second.id, nil)]))
            #expect(try isKnown([colliding.peerJoins(2 * round + 1)]))
        }
    }

    @Test("different selectors have different texts, and so different sets")
    func distinctTexts() {
        let parts: [Selector] = [
            .everything, .has("all"), .has("app"), .isOneOf(key: "app", values: ["web"]),
            .isOneOf(key: "app", values: []),
        ]
        let once =
            parts.map { Selector.not($0) } + parts.map { .all([$0]) } + parts.map { .any([$0]) }
            + [.all([]), .any([])]
        let twice = once.flatMap { one in
            [.not(one), .all([one]), .any([one])]
                + parts.flatMap { [Selector.all([one, $0]), .any([one, $0])] }
        }
        let selectors = parts + once + twice
        #expect(Set(selectors.map(\.description)).count == Set(selectors).count)
    }

    @Test("a peer that any pod is and one that has a label named all are kept apart")
    func labelNamedAll() throws {
        func policy(_ name: String, _ peers: Selector) -> Policy {
            Policy(
                id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: name), order: 1000,
                subject: EndpointSelector(
                    namespaces: .named("shop"), labels: .isOneOf(key: "app", values: [name])),
                ingress: [
                    Rule(
                        .allow,
                        peers: .only([
                            .endpoints(
                                EndpointSelector(namespaces: .named("shop"), labels: peers))
                        ]))
                ])
        }
        func pod(_ name: String, _ host: UInt32, _ node: String) -> Endpoint {
            Endpoint(
                id: EndpointID(namespace: "shop", name: name), labels: ["app": name], node: node,
                addresses: [.ipv4(host)])
        }
        let state = ClusterState(
            endpoints: [pod("open", 1, "a"), pod("strict", 2, "a"), pod("stranger", 3, "b")],
            policies: [policy("open", .everything), policy("strict", .has("all"))])
        let table = NodeCompilation(state, node: "a").table
        let evaluator = TableEvaluator(table)
        func reaches(_ destination: UInt32) throws -> Bool {
            try evaluator.evaluate(
                Packet(
                    from: .ipv4(3), to: .ipv4(destination), transport: .tcp, sourcePort: 1,
                    destinationPort: 80, icmpType: nil), at: .forward
            ).isAccepted
        }
        #expect(try reaches(1))
        #expect(try !reaches(2))
    }
}
