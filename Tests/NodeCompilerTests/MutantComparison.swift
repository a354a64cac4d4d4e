// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// Holds what the proof says of spoilt rulesets to packets that are carried through them one by
/// one.
struct MutantComparison {
    private let state: ClusterState
    private let node: String

    init(_ state: ClusterState, node: String) {
        self.state = state
        self.node = node
    }

    /// How often the proof gave each answer.
    func compare(_ mutants: [(what: String, table: Table)], seed: UInt64) throws
        -> [VerificationReport.Outcome: Int]
    {
        var outcomes: [VerificationReport.Outcome: Int] = [:]
        let reference = ReferenceEvaluator(state, localNode: node)
        var random = SeededGenerator(seed: seed)
        let probes = InterfaceTraffic(state).sample(400, using: &random)
        let fates = probes.map { reference.allows($0) }
        for (what, table) in mutants {
            let report = Verification(state, localNode: node).verify(table)
            outcomes[report.outcome, default: 0] += 1
            guard report.outcome == .proved else { continue }
            let ruleset = TableEvaluator(table)
            for (probe, isAllowed) in zip(probes, fates) {
                try #require(
                    try ruleset.passes(probe) == isAllowed,
                    "seed \(seed), without \(what): proved, and yet \(probe)")
            }
        }
        return outcomes
    }
}

extension TableEvaluator {
    /// Whether a packet gets through all hooks on its way.
    func passes(_ probe: ProbePacket) throws -> Bool {
        var probe = probe
        for hook in probe.journey.hooks {
            let result = try evaluate(probe.packet(at: hook), at: hook)
            if !result.isAccepted { return false }
            if result.isUntracked { probe.packet.connection = .untracked }
        }
        return true
    }
}

extension Table {
    /// The table with one rule or element taken away, so many times at random.
    func mutants(seed: UInt64, _ count: Int) -> [(what: String, table: Table)] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).compactMap { _ in
            var mutant = self
            if random.chance(60) {
                let position = random.number(in: 0...chains.count - 1)
                guard !chains[position].rules.isEmpty else { return nil }
                let number = random.number(in: 0...chains[position].rules.count - 1)
                let rule = mutant.chains[position].rules.remove(at: number)
                return ("\(chains[position].name)[\(number)] \(rule.text())", mutant)
            }
            let position = random.number(in: 0...sets.count - 1)
            guard case .entries(var entries) = sets[position].elements, !entries.isEmpty
            else { return nil }
            let entry = entries.remove(at: random.number(in: 0...entries.count - 1))
            mutant.sets[position].elements = .entries(entries)
            return ("an element of \(sets[position].name): \(entry)", mutant)
        }
    }
}
