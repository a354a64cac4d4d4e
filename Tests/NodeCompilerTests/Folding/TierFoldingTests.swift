// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyModel
import PolicyVerification
import Testing

/// Every list of actions of up to four policies, in every layout of up to four tiers and in every order
/// of arrival: the reference evaluator, the compiled table, and a walk over the actions agree.
@Suite("Folding of tiers")
struct TierFoldingTests {
    @Test(
        "S52, S53, S61: all actions in all layouts of tiers, arriving in all orders",
        arguments: FoldingLayout.all)
    func folding(layout: FoldingLayout) throws {
        var tables: [Table] = []
        for rotation in 0..<4 {
            let folded = FoldedPolicies(layout: layout, rotation: rotation)
            let world = FoldingWorld(tiers: layout.tiers, policies: folded.policies)
            tables.append(world.table)
            for list in folded.lists {
                let isAllowed = try world.tableAllows(folded.packet(list))
                if isAllowed != layout.isAllowed(folded.actions(list)) {
                    Issue.record("table: \(folded.actions(list)), rotation \(rotation)")
                }
            }
        }
        let places = permutations(Array(layout.places.indices))
        for (number, order) in places.enumerated() {
            let rotation = number % 4
            let folded = FoldedPolicies(layout: layout, rotation: rotation)
            let policies = order.map { folded.policies[$0] }
            let world = FoldingWorld(tiers: layout.tiers, policies: policies)
            // The same table is the same fate of all packets.
            #expect(world.table == tables[rotation], "arriving as \(order)")
            for list in folded.lists {
                // What only logs is as good as absent, and layouts without it come by themselves.
                if number >= 4, folded.actions(list).contains(.log) { continue }
                let isAllowed = world.policiesAllow(folded.packet(list))
                if isAllowed != layout.isAllowed(folded.actions(list)) {
                    Issue.record("policies: \(folded.actions(list)), arriving as \(order)")
                }
            }
        }
    }

    @Test("All lists of actions come, and both fates")
    func completeness() {
        #expect(FoldingLayout.all.count == 2 + 6 + 18 + 54)
        #expect(Set(FoldingLayout.all.map(\.testDescription)).count == 80)
        let folded = FoldedPolicies(layout: FoldingLayout.all[79], rotation: 0)
        #expect(folded.layout.places == [0, 1, 2, 3])
        #expect(Set(folded.lists.map(folded.actions)).count == 256)
        let allowed = folded.lists.count { folded.layout.isAllowed(folded.actions($0)) }
        #expect(allowed > 64 && allowed < 192)
    }
}
