// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// Classes that ask their clauses one after the other, because cells by port would cost too much.
@Suite struct PortBudgetTests {
    private static let seeds = (0..<12).map { UInt64($0) }

    /// Clauses in the shadow of others cost nothing, so that some worlds would just be within the
    /// standard.
    private static let costs: CostModel = {
        var costs = CostModel()
        costs.portMinimum /= 4
        costs.portMultiple /= 4
        return costs
    }()

    private func table(_ state: ClusterState) -> Table {
        NodeCompilation(state, node: WorldGenerator.localNode, costs: Self.costs).table
    }

    /// Whether no class of the table goes by ports.
    private func isLinear(_ table: Table) -> Bool {
        !table.sets.contains { $0.isVerdictMap && $0.key == [.inetProtocol, .inetService] }
    }

    @Test("rules that are asked one after the other decide as the policies say", arguments: seeds)
    func decidesAsThePoliciesSay(seed: UInt64) throws {
        let state = OverlappingPorts(seed: seed, rules: 60).world()
        let table = table(state)
        #expect(isLinear(table), "seed \(seed)")
        let ruleset = TableEvaluator(table)
        let reference = ReferenceEvaluator(state, localNode: WorldGenerator.localNode)
        var random = SeededGenerator(seed: seed)
        var denied = 0
        for packet in PacketGenerator(state).sample(1500, using: &random) {
            let fate = try ruleset.evaluate(Packet(packet, isFromThisNode: false), at: .forward)
            let decision = reference.verdict(packet)
            try #require(
                fate.isAccepted == decision.isAllowed,
                "seed \(seed): \(packet): policies \(decision), ruleset \(fate)")
            denied += decision.isAllowed ? 0 : 1
        }
        #expect(denied > 150 && denied < 1350, "seed \(seed): \(denied) denied")
    }

    @Test("S81: such rulesets are proved, and spoilt ones are not", arguments: seeds.prefix(3))
    func proved(seed: UInt64) throws {
        let state = OverlappingPorts(seed: seed, rules: 60).world()
        let verification = Verification(state, localNode: WorldGenerator.localNode)
        var table = table(state)
        #expect(isLinear(table), "seed \(seed)")
        let report = verification.verify(table)
        #expect(report.outcome == .proved, "seed \(seed): \(report)")

        let chain = try #require(table.chains.firstIndex { $0.name.hasPrefix("in-") })
        table.chains[chain].rules.removeFirst(table.chains[chain].rules.count / 2)
        let spoilt = verification.verify(table)
        #expect(spoilt.outcome == .different, "seed \(seed): \(spoilt)")
    }

    @Test("S13: a class that comes to cost too much, and less again, changes as a whole")
    func crossesTheBudget() throws {
        let large = OverlappingPorts(seed: 1, rules: 60).world()
        var small = large
        for index in small.policies.indices {
            small.policies[index].ingress?.removeLast(52)
            small.policies[index].egress?.removeLast(52)
        }
        #expect(isLinear(table(large)) && !isLinear(table(small)))

        let live = LiveCompilation(node: WorldGenerator.localNode, costs: Self.costs)
        _ = live.apply(small.asChanges)
        var former = live.table
        for state in [large, small, large, small] {
            guard
                case .change(let change) = live.apply(state.policies.map { .policy($0.id, $0) })
            else {
                Issue.record("a collision of names")
                return
            }
            #expect(live.table.withoutCapacities == table(state).withoutCapacities)
            #expect(former.applying(change)?.withoutCapacities == live.table.withoutCapacities)
            former = live.table
        }
    }
}
