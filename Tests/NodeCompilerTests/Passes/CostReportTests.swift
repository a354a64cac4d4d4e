// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NodeCompiler
import PolicyTestKit
import Testing

/// What is said of costs is what was chosen.
@Suite struct CostReportTests {
    private func report(_ costs: CostModel, seed: UInt64) -> String {
        let world = WorldGenerator(seed: seed).world()
        return NodeCompilation.explainCosts(
            of: world, node: WorldGenerator.localNode, costs: costs)
    }

    @Test("unions are said to be whole or taken apart as they are")
    func sets() {
        var none = CostModel()
        none.elementBudget = 0
        var apart = 0
        for seed in UInt64(0)..<20 {
            let world = WorldGenerator(seed: seed).world()
            let whole = NodeCompilation(world, node: WorldGenerator.localNode)
            let split = NodeCompilation(world, node: WorldGenerator.localNode, costs: none)
            #expect(report(.standard, seed: seed).contains("every union is one set"))
            let isApart = whole.program.programs != split.program.programs
            #expect(report(none, seed: seed).contains("taken apart into") == isApart)
            apart += isApart ? 1 : 0
        }
        #expect(apart > 5)
    }

    @Test("classes are said to ask for the port first, or clause by clause, as they do")
    func ports() {
        var costs = CostModel()
        (costs.portMinimum, costs.portMultiple) = (2, 1)
        var linear = 0
        for seed in UInt64(0)..<20 {
            #expect(!report(.standard, seed: seed).contains("asks for its own ports"))
            linear += report(costs, seed: seed).contains("asks for its own ports") ? 1 : 0
        }
        #expect(linear > 5)
    }
}
