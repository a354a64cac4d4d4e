// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Folds tiers, passes and default actions: what is left is one list of clauses.
struct TierFolding {
    /// The class's clauses in order.
    let clauses: [Clause]
    /// The tiers.
    let tiers: [EndpointClass.Layer]

    /// The cell for packets that exactly the clauses numbered `active` match but for their peers.
    func cell(_ active: [Int]) -> FoldedCell {
        var passed: [Int: FoldedContinuation] = [:]
        return cell(active[...], from: 0, &passed)
    }

    /// - Parameter passed: the cells in which rules that pass go on, by their first tier.
    private func cell(
        _ active: ArraySlice<Int>, from first: Int, _ passed: inout [Int: FoldedContinuation]
    ) -> FoldedCell {
        var folded = FoldedCell()
        var rest = active
        for tier in first..<tiers.count {
            let own = rest.prefix { clauses[$0].tier == tier }
            rest = rest.dropFirst(own.count)
            switch fold(own, of: tier, rest: rest, into: &folded, &passed) {
            case .decided(let ending, let origin):
                folded.ending = ending
                folded.endingOrigin = origin
                return folded
            case .open: continue
            }
        }
        return folded
    }

    private enum Outcome {
        case decided(Cell.Ending, Cell.EndingOrigin)
        /// The next tier is asked.
        case open
    }

    private func fold(
        _ own: ArraySlice<Int>, of tier: Int, rest: ArraySlice<Int>, into folded: inout FoldedCell,
        _ passed: inout [Int: FoldedContinuation]
    ) -> Outcome {
        // Copies of clauses would cost more than what is done with them.
        for number in own {
            folded.asked.append(number)
            let isForEveryone = clauses[number].isForEveryone
            let action: FoldedCell.Action
            switch clauses[number].action {
            case .log: action = .log
            case .allow where isForEveryone:
                return .decided(.accept, .rules([clauses[number].origin]))
            case .allow: action = .accept
            case .deny where isForEveryone:
                return .decided(.drop, .rules([clauses[number].origin]))
            case .deny: action = .drop
            case .pass where isForEveryone: return .open
            case .pass:
                let next =
                    passed[tier + 1] ?? FoldedContinuation(cell(rest, from: tier + 1, &passed))
                passed[tier + 1] = next
                action = .resume(next)
            }
            folded.steps.append(FoldedCell.Step(clause: number, action: action))
        }
        if tiers[tier].defaultAction == .pass { return .open }
        return .decided(.isolate, .tier(tiers[tier].policies.first?.tier ?? Profile.tier.name))
    }
}
