// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// The explainer decides as the judge does, and its reasons bear out what it decides.
@Suite struct ExplainerAgreementTests {
    @Test(arguments: WorldGenerator.Style.allCases)
    func decidesAsTheJudge(style: WorldGenerator.Style) throws {
        var decisions: Set<String> = []
        for seed in UInt64(0)..<60 {
            let state = WorldGenerator(seed: seed, style: style).world()
            let judge = ReferenceEvaluator(state, localNode: WorldGenerator.localNode)
            let explainer = Explainer(state, localNode: WorldGenerator.localNode)
            var random = SeededGenerator(seed: seed)
            for packet in PacketGenerator(state).sample(200, using: &random) {
                let explanation = explainer.explain(packet)
                try #require(
                    explanation.decision == judge.verdict(packet), "seed \(seed): \(packet)")
                for direction in Direction.allCases {
                    let side = explanation.side(direction)
                    decisions.insert(side.decision.kind)
                    try #require(isBorneOut(side), "seed \(seed): \(packet): \(side)")
                    #expect(explanation.hints(direction).isEmpty != side.decision.isIsolated)
                }
            }
        }
        // Every kind of decision that the style can bring has been compared.
        let rare: Set = style == .tiered ? ["denied", "passed"] : []
        #expect(
            decisions.isSuperset(
                of: rare.union(["notSubject", "unselected", "allowed", "isolated", "exempt"])),
            "only \(decisions)")
    }

    /// Whether the last rule asked is the one that decides, and no rule before it could have.
    private func isBorneOut(_ side: DirectionExplanation) -> Bool {
        let rules = side.tiers.flatMap(\.policies).flatMap(\.rules)
        let matching = rules.filter { $0.isMatch && $0.action != .log && $0.action != .pass }
        switch side.decision {
        case .allowed(let rule):
            return matching.map(\.reference) == [rule] && rules.last?.action == .allow
        case .denied(let rule):
            return matching.map(\.reference) == [rule] && rules.last?.action == .deny
        case .isolated(let tier, let policies):
            return matching.isEmpty && side.tiers.last?.name == tier
                && side.tiers.last?.policies.map(\.policy) == policies
        case .notSubject, .unselected: return side.tiers.isEmpty
        case .exempt, .passed: return matching.isEmpty
        }
    }
}

extension DirectionDecision {
    fileprivate var isIsolated: Bool { if case .isolated = self { true } else { false } }

    /// The decision's case.
    fileprivate var kind: String {
        switch self {
        case .notSubject: "notSubject"
        case .unselected: "unselected"
        case .exempt: "exempt"
        case .allowed: "allowed"
        case .denied: "denied"
        case .isolated: "isolated"
        case .passed: "passed"
        }
    }
}
