// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// What Calico worlds contain, and that it matters: a world in which one feature is taken away must
/// judge some packets otherwise, in a good part of the seeds.
@Suite("Variety of Calico worlds")
struct CalicoVarietyTests {
    private static let seeds = UInt64(0)..<80

    /// One feature, by what a world is without it.
    struct Feature: CustomTestStringConvertible, Sendable {
        var name: String
        /// The least share of worlds, in percent, in which it decides some packet.
        var share: Int
        var without: @Sendable (ClusterState) -> ClusterState

        var testDescription: String { name }

        static func rules(
            _ name: String, share: Int = 5, _ change: @escaping @Sendable (inout Rule) -> Void
        ) -> Feature {
            Feature(name: name, share: share) { $0.changingRules(change) }
        }
    }

    static let features: [Feature] = [
        .rules("log is no verdict") { if $0.action == .log { $0.action = .deny } },
        .rules("pass") { if $0.action == .pass { $0.action = .allow } },
        .rules("the subject's own side") { $0.conditions.own = .anyone },
        .rules("family") { $0.conditions.family = nil },
        .rules("excepted ports and protocols") { $0.conditions.exceptPorts = [] },
        .rules("source ports") { $0.conditions.sourcePorts = .all },
        .rules("excepted source ports", share: 2) { $0.conditions.exceptSourcePorts = [] },
        .rules("excepted names of ports", share: 2) {
            $0.conditions.exceptPorts.removeAll(where: \.isName)
        },
        .rules("names of source ports", share: 2) { rule in
            if case .only(let ports) = rule.conditions.sourcePorts, ports.contains(where: \.isName)
            {
                rule.conditions.sourcePorts = .all
            }
        },
        .rules("ICMP types", share: 2) { $0.changingPorts { $0.withoutType } },
        .rules("ICMP codes", share: 2) { $0.changingPorts { $0.withoutCode } },
        .rules("selectors") { $0.changingMatches { $0.selector = nil } },
        .rules("negated selectors", share: 2) { $0.changingMatches { $0.notSelector = nil } },
        .rules("nets") { $0.changingMatches { $0.nets = nil } },
        .rules("notNets") { $0.changingMatches { $0.notNets = [] } },
        .rules("accounts of peers") {
            $0.changingMatches { $0.selector?.serviceAccounts = nil }
        },
        .rules("namespaces of peers") { $0.changingMatches { $0.selector?.namespaces = .any } },
        .rules("nodes", share: 2) { rule in
            rule.changingPeers { if case .nodes = $0 { .nodes(.not(.everything)) } else { $0 } }
        },
        Feature(name: "network sets", share: 10) { $0.with { $0.networkSets = [] } },
        Feature(name: "Services", share: 5) { $0.with { $0.serviceSlices = [] } },
        Feature(name: "labels of accounts", share: 2) { $0.with { $0.serviceAccounts = [] } },
        Feature(name: "labels of namespaces", share: 5) { $0.with { $0.namespaces = [] } },
        Feature(name: "profiles", share: 10) { $0.with { $0.profiles = [] } },
        Feature(name: "profiles that endpoints name", share: 10) { state in
            state.changingEndpoints {
                if $0.id.kind == .pod { $0.particulars = nil }
            }
        },
        Feature(name: "workloads", share: 10) { state in
            state.changingEndpoints { $0.id.kind = .pod }
        },
        Feature(name: "tiers", share: 10) { state in
            state.with { for index in $0.policies.indices { $0.policies[index].tier = "default" } }
        },
        Feature(name: "orders", share: 5) { state in
            state.with { for index in $0.policies.indices { $0.policies[index].order = nil } }
        },
        Feature(name: "cluster-wide policies", share: 10) { state in
            state.with {
                $0.policies.removeAll { [Tier.admin.name, Tier.baseline.name].contains($0.tier) }
            }
        },
        Feature(name: "subjects by account", share: 2) { state in
            state.with {
                for index in $0.policies.indices {
                    $0.policies[index].subject.serviceAccounts = nil
                }
            }
        },
        Feature(name: "staged policies, if they were enforced", share: 20) {
            $0.withStagedEnforced
        },
    ]

    @Test("Every feature decides packets", arguments: features)
    func decides(feature: Feature) {
        let wanted = max(1, feature.share * Self.seeds.count / 100)
        var count = 0
        for seed in Self.seeds where count < wanted {
            // Half of the worlds are so small that packets meet every rule.
            let size = seed % 2 == 0 ? 9 : 4
            let world = WorldGenerator(seed: seed, size: size, style: .calico).world()
            let other = feature.without(world)
            if world != other, differ(world, other, seed: seed) { count += 1 }
        }
        #expect(count == wanted)
    }

    /// Whether some packet tells the worlds apart.
    private func differ(_ one: ClusterState, _ other: ClusterState, seed: UInt64) -> Bool {
        var random = SeededGenerator(seed: seed)
        let left = ReferenceEvaluator(one, localNode: WorldGenerator.localNode)
        let right = ReferenceEvaluator(other, localNode: WorldGenerator.localNode)
        return PacketGenerator(one).sample(400, using: &random).contains {
            left.verdict($0).isAllowed != right.verdict($0).isAllowed
        }
    }

    @Test("Staged policies decide nothing")
    func staged() {
        for seed in Self.seeds.prefix(20) {
            let world = WorldGenerator(seed: seed, style: .calico).world()
            #expect(
                !differ(world, world.with { $0.stagedPolicies = [] }, seed: seed), "seed \(seed)")
        }
    }

    @Test("Changes of every kind of object come, and lead to the states that they say")
    func changes() {
        var kinds: Set<String> = []
        for seed in UInt64(0)..<4 {
            var state = ClusterState(tiers: [])
            for batch in ChangeSequence(seed: seed, style: .calico) {
                for change in batch.changes {
                    kinds.insert(String("\(change)".prefix { $0 != "(" }))
                    state.apply(change)
                }
                #expect(state == batch.state, "seed \(seed)")
            }
        }
        #expect(
            kinds.isSuperset(of: [
                "endpoint", "namespace", "networkSet", "node", "policy", "profile",
                "serviceAccount", "serviceSlice", "stagedPolicy", "tier",
            ]))
    }
}

extension ClusterState {
    fileprivate func with(_ change: (inout ClusterState) -> Void) -> ClusterState {
        var copy = self
        change(&copy)
        return copy
    }

    fileprivate func changingEndpoints(_ change: (inout Endpoint) -> Void) -> ClusterState {
        with { for index in $0.endpoints.indices { change(&$0.endpoints[index]) } }
    }

    fileprivate func changingRules(_ change: (inout Rule) -> Void) -> ClusterState {
        func changed(_ rules: [Rule]) -> [Rule] {
            rules.map {
                var rule = $0
                change(&rule)
                return rule
            }
        }
        return with {
            for index in $0.policies.indices {
                $0.policies[index].ingress = $0.policies[index].ingress.map(changed)
                $0.policies[index].egress = $0.policies[index].egress.map(changed)
            }
        }
    }
}

extension Rule {
    fileprivate mutating func changingPeers(_ change: (Peer) -> Peer) {
        if case .only(let list) = peers { peers = .only(list.map(change)) }
        if case .only(let list) = conditions.own { conditions.own = .only(list.map(change)) }
    }

    fileprivate mutating func changingMatches(_ change: (inout AddressMatch) -> Void) {
        changingPeers { peer in
            guard case .addresses(var match) = peer else { return peer }
            change(&match)
            return .addresses(match)
        }
    }

    fileprivate mutating func changingPorts(_ change: (PortMatch) -> PortMatch) {
        if case .only(let list) = ports { ports = .only(list.map(change)) }
        conditions.exceptPorts = conditions.exceptPorts.map(change)
    }
}

extension PortMatch {
    fileprivate var isName: Bool { if case .named = self { true } else { false } }

    fileprivate var withoutType: PortMatch {
        if case .icmp(let transport, _, _) = self { .every(transport) } else { self }
    }

    fileprivate var withoutCode: PortMatch {
        if case .icmp(let transport, let type, _) = self {
            .icmp(transport, type: type, code: nil)
        } else {
            self
        }
    }
}
