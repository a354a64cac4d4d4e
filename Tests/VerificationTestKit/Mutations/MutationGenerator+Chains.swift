// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyTestKit

/// Changes of chains.
extension MutationGenerator {
    mutating func chainFlushed() -> Mutation? {
        guard let chain = any(table.chains.filter { !$0.rules.isEmpty }) else { return nil }
        return Mutation(.chainFlushed, "flush chain \(place) \(chain.name)")
    }

    /// A chain goes, and before it the rules and elements that lead to it.
    mutating func chainRemoved() -> Mutation? {
        guard let chain = any(table.chains) else { return nil }
        func leads(_ verdict: Verdict?) -> Bool {
            verdict == .jump(chain.name) || verdict == .goto(chain.name)
        }
        var commands: [String] = []
        for set in table.sets {
            commands += set.entries.filter { leads($0.verdict) }.map { deletion(of: $0, from: set) }
        }
        for other in table.chains where other.name != chain.name {
            for (rule, known) in zip(other.rules, observed.rules[other.name] ?? []) {
                guard case .verdict(let verdict)? = rule.expressions.last, leads(verdict)
                else { continue }
                commands.append("delete rule \(place) \(other.name) handle \(known.handle)")
            }
        }
        return Mutation(
            .chainRemoved,
            commands + [
                "flush chain \(place) \(chain.name)", "delete chain \(place) \(chain.name)",
            ])
    }

    mutating func policyTurned() -> Mutation? {
        guard let chain = any(table.chains.filter { $0.base != nil }) else { return nil }
        let policy = chain.base!.policy == .accept ? "drop" : "accept"
        return Mutation(.policyTurned, "chain \(place) \(chain.name) { policy \(policy); }")
    }

    mutating func baseChainAdded() -> Mutation? {
        let hook = random.pick(Hook.allCases).name
        let policy = random.pick(["accept", "accept", "drop"])
        // After connection tracking (-200), before which no state is known.
        let priority = random.pick([-150, -10, 10, 100])
        var commands = [
            "add chain \(place) stranger "
                + "{ type filter hook \(hook) priority \(priority); policy \(policy); }"
        ]
        for _ in 0..<random.number(in: 0...2) {
            commands.append("add rule \(place) stranger \(newRule(isUnknowable: false))")
        }
        return Mutation(.baseChainAdded, commands)
    }

    /// A base chain is made anew elsewhere, with its rules.
    mutating func baseChainMoved() -> Mutation? {
        guard let chain = any(table.chains.filter { $0.base != nil }) else { return nil }
        var base = chain.base!
        if random.chance(50) {
            base.priority += Int32(random.pick([-7, 7, 120]))
        } else {
            base.hook = random.pick(Hook.allCases)
        }
        let header =
            "type filter hook \(base.hook.name) priority \(base.priority); policy \(base.policy);"
        return Mutation(
            .baseChainMoved,
            [
                "flush chain \(place) \(chain.name)", "delete chain \(place) \(chain.name)",
                "add chain \(place) \(chain.name) { \(header) }",
            ] + chain.rules.map { "add rule \(place) \(chain.name) \($0.text())" })
    }
}
