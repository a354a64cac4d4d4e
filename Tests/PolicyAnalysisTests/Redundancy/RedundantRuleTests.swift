// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyAnalysis
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// What is said to be redundant can go.
struct RedundantRuleTests {
    @Test func removingRedundantRulesChangesNoVerdict() {
        var removed = 0
        for seed in UInt64(1)...120 {
            let state = WorldGenerator(seed: seed, size: 12).world()
            let redundant = RedundantRule.all(in: state.policies)
            removed += redundant.count
            if redundant.isEmpty { continue }
            var less = state
            less.remove(redundant.map(\.rule))
            var random = SeededGenerator(seed: seed)
            let packets = PacketGenerator(state).sample(150, using: &random)
            for node in Set(state.nodes.map(\.name)) {
                let judge = ReferenceEvaluator(state, localNode: node)
                let other = ReferenceEvaluator(less, localNode: node)
                let differing = packets.first {
                    judge.verdict($0).isAllowed != other.verdict($0).isAllowed
                }
                #expect(differing == nil, "seed \(seed): \(redundant)")
            }
        }
        #expect(removed > 50)
    }

    @Test func rulesThatCoverItSufficeWithoutAllOthers() {
        var checked = 0
        for seed in UInt64(500)...650 {
            let state = WorldGenerator(seed: seed, size: 12).world()
            for redundant in RedundantRule.all(in: state.policies) {
                checked += 1
                // With the covers alone, the rule must still be covered.
                var alone = state
                alone.keep([redundant.rule] + redundant.coveredBy)
                let covered = RedundantRule.all(in: alone.policies)
                #expect(!covered.isEmpty, "seed \(seed): \(redundant)")
            }
        }
        #expect(checked > 20)
    }

    @Test func aRuleThatLetsSomebodyNewInIsNotRedundant() {
        var checked = 0
        for seed in UInt64(1)...100 {
            var state = WorldGenerator(seed: seed, size: 12).world()
            let rules = state.policies.flatMap { $0.ingress ?? [] }
            guard let index = state.policies.firstIndex(where: { $0.ingress != nil }),
                !rules.contains(where: \.reachesTheWorld)
            else { continue }
            checked += 1
            state.policies[index].ingress = [Rule(.allow)] + (state.policies[index].ingress ?? [])
            let new = RuleReference(
                policy: state.policies[index].id, direction: .ingress, index: 0)
            #expect(
                !RedundantRule.all(in: state.policies).map(\.rule).contains(new), "seed \(seed)")
        }
        #expect(checked > 5)
    }
}

extension Rule {
    /// Whether it may cover a rule without peers, together with others.
    fileprivate var reachesTheWorld: Bool {
        guard case .only(let peers) = peers else { return true }
        return peers.contains {
            if case .network(let block, _) = $0 { block.prefixLength == 0 } else { false }
        }
    }
}

extension ClusterState {
    /// Removes rules, the policies staying in place.
    fileprivate mutating func remove(_ rules: [RuleReference]) {
        filterRules { !rules.contains($0) }
    }

    /// Removes all other rules.
    fileprivate mutating func keep(_ rules: [RuleReference]) {
        filterRules { rules.contains($0) }
    }

    private mutating func filterRules(_ isKept: (RuleReference) -> Bool) {
        for index in policies.indices {
            let id = policies[index].id
            func filtered(_ direction: Direction) -> [Rule]? {
                policies[index].rules(direction)?.enumerated().filter {
                    isKept(RuleReference(policy: id, direction: direction, index: $0.offset))
                }.map(\.element)
            }
            policies[index].ingress = filtered(.ingress)
            policies[index].egress = filtered(.egress)
        }
    }
}
