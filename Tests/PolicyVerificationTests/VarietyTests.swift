// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyTestKit
import Testing

/// What the worlds of many seeds contain, so that no odd case is lost unnoticed.
@Suite("Variety of generated worlds")
struct VarietyTests {
    private static let kubernetes = (0..<200).map { WorldGenerator(seed: $0).world() }
    private static let tiered = (0..<200).map {
        WorldGenerator(seed: $0, style: .tiered).world()
    }

    private func share(
        of worlds: [ClusterState] = kubernetes, where condition: (ClusterState) -> Bool
    ) -> Int { worlds.filter(condition).count * 100 / worlds.count }

    @Test("Pods: the odd ones are there")
    func pods() {
        #expect(share { $0.endpoints.contains(where: \.usesHostNetwork) } > 50)
        #expect(share { $0.endpoints.contains { $0.isPoliced && $0.addresses.isEmpty } } > 50)
        #expect(share { $0.endpoints.contains { $0.node == nil } } > 20)
        #expect(share { $0.endpoints.contains { $0.addresses.count == 2 } } > 90)
        #expect(
            share {
                $0.endpoints.contains { Set($0.namedPorts.map(\.name)).count < $0.namedPorts.count }
            } > 50)
        #expect(share(where: claimsShared(finished: true)) > 50)
        #expect(share(where: claimsShared(finished: false)) > 50)
        #expect(share { $0.namespaces.count < Set($0.endpoints.map(\.id.namespace)).count } > 20)
    }

    /// Whether a running pod and another, running or finished, have an address in common.
    private func claimsShared(finished: Bool) -> (ClusterState) -> Bool {
        { world in
            world.endpoints.contains { one in
                one.isPoliced
                    && world.endpoints.contains { other in
                        other.id != one.id && !other.usesHostNetwork && other.isFinished == finished
                            && other.addresses.contains(where: one.addresses.contains)
                    }
            }
        }
    }

    @Test("Kubernetes policies: every shape that the API has, and no other")
    func networkPolicies() {
        let policies = Self.kubernetes.flatMap(\.policies)
        let rules = policies.flatMap(\.allRules)
        #expect(policies.allSatisfy { $0.id.kind == "NetworkPolicy" && $0.tier == "default" })
        #expect(rules.allSatisfy { $0.action == .allow })
        #expect(!rules.contains { $0.peers == .only([]) || $0.ports == .only([]) })
        #expect(policies.contains { $0.ingress == nil } && policies.contains { $0.egress == nil })
        #expect(policies.contains { $0.ingress == [] } && policies.contains { $0.egress == [] })
        #expect(rules.contains { $0.peers == .anyone && $0.ports == .all })
    }

    @Test("Tiers: every action, the empty lists, and a tier that nobody defines")
    func tiers() {
        let policies = Self.tiered.flatMap(\.policies)
        let rules = policies.flatMap(\.allRules)
        for action in [Action.allow, .deny, .pass, .log] {
            #expect(rules.contains { $0.action == action })
        }
        #expect(
            rules.contains { $0.peers == .only([]) } && rules.contains { $0.ports == .only([]) })
        #expect(policies.contains { $0.order == nil } && policies.contains { $0.order == 10 })
        #expect(
            share(of: Self.tiered) { world in
                world.policies.contains { policy in !world.tiers.contains { $0.name == policy.tier }
                }
            } > 5)
        #expect(share(of: Self.tiered) { Set($0.tiers.map(\.order)).count < $0.tiers.count } > 10)
    }
}
