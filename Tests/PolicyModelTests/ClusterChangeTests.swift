// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyTestKit
import Testing

@Suite struct ClusterChangeTests {
    @Test("changes between two states lead from the one to the other", arguments: 0..<40)
    func changesLead(seed: UInt64) {
        var state = WorldGenerator(seed: seed, style: .tiered).world()
        let goal = WorldGenerator(seed: seed / 2 + 1000, style: .tiered).world()
        for change in state.changes(to: goal) { state.apply(change) }
        #expect(state.changes(to: goal).isEmpty)
        #expect(Set(state.policies) == Set(goal.policies))
        #expect(Set(state.endpoints) == Set(goal.endpoints))
    }

    @Test("a state is the changes that make it")
    func asChanges() {
        let goal = WorldGenerator(seed: 3, style: .tiered).world()
        var state = ClusterState(tiers: [])
        for change in goal.asChanges { state.apply(change) }
        #expect(state.changes(to: goal).isEmpty && goal.changes(to: state).isEmpty)
    }
}
