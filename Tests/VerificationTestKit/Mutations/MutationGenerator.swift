// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyTestKit

/// Draws mutations of a table as it stands in the kernel. Some of them nft refuses.
struct MutationGenerator {
    let observed: ObservedTable
    let scene: MutationScene
    var random: SeededGenerator

    var table: Table { observed.table }
    /// The table's place, as commands name it.
    var place: String { "inet \(table.name)" }

    private static let single = MutationKind.allCases.filter { $0 != .two }
    /// Kinds that leave little of the table to think about are drawn less often.
    private static let rare: Set<MutationKind> = [.tableDormant, .policyTurned, .baseChainMoved]
    private static let frequent: [MutationKind] = [
        .ruleInserted, .ruleEdited, .unknownInserted, .elementAdded, .elementDropped,
        .elementRedirected,
    ]

    /// A mutation, of two parts now and then; nil where the kind that was drawn fits nothing.
    mutating func next() -> Mutation? {
        if random.chance(10) {
            guard let first = single(), let second = single() else { return nil }
            return Mutation(.two, first.commands + second.commands)
        }
        return single()
    }

    private mutating func single() -> Mutation? {
        var kind = random.pick(Self.single + Self.frequent)
        if Self.rare.contains(kind), random.chance(60) { kind = .ruleInserted }
        return mutation(kind)
    }

    private mutating func mutation(_ kind: MutationKind) -> Mutation? {
        switch kind {
        case .elementDropped: elementDropped()
        case .elementAdded: elementAdded()
        case .intervalWidened: intervalChanged(kind)
        case .intervalNarrowed: intervalChanged(kind)
        case .elementRedirected: elementRedirected()
        case .setFlushed: setFlushed()
        case .ruleDeleted: ruleDeleted()
        case .ruleEdited: ruleEdited()
        case .ruleVerdictSwapped: ruleVerdictSwapped()
        case .ruleMoved: ruleMoved()
        case .ruleInserted: ruleInserted(kind)
        case .unknownInserted: ruleInserted(kind)
        case .gotoTurnedJump: gotoTurnedJump()
        case .chainFlushed: chainFlushed()
        case .chainRemoved: chainRemoved()
        case .policyTurned: policyTurned()
        case .baseChainAdded: baseChainAdded()
        case .baseChainMoved: baseChainMoved()
        case .tableDormant: Mutation(kind, "add table \(place) { flags dormant; }")
        case .two: nil
        }
    }

    /// One of a list; nil if it is empty.
    mutating func any<Element>(_ choices: [Element]) -> Element? {
        choices.isEmpty ? nil : random.pick(choices)
    }
}
