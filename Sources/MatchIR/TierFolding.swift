// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Folds tiers, passes and default actions into the runs of one cell.
struct TierFolding {
    /// The class's clauses in order.
    let clauses: [Clause]
    /// The tiers.
    let tiers: [EndpointClass.Layer]

    /// The cell for packets that exactly the clauses numbered `active` match but for their peers.
    ///
    /// - Parameter unions: of sets, as made for other cells.
    func cell(_ active: [Int], _ unions: inout UnionMemo) -> Cell {
        var passed: [Int: Continuation] = [:]
        return cell(active[...], from: 0, &passed, &unions)
    }

    /// - Parameter passed: the cells in which rules that pass go on, by their first tier.
    private func cell(
        _ active: ArraySlice<Int>, from first: Int, _ passed: inout [Int: Continuation],
        _ unions: inout UnionMemo
    ) -> Cell {
        var draft = CellDraft()
        var rest = active
        for tier in first..<tiers.count {
            let own = rest.prefix { clauses[$0].tier == tier }
            rest = rest.dropFirst(own.count)
            switch fold(own, of: tier, rest: rest, into: &draft, &passed, &unions) {
            case .decided(let ending, let origin):
                return draft.finished(ending, origin, &unions)
            case .open: continue
            }
        }
        return draft.finished(.accept, .nothing, &unions)
    }

    private enum Outcome {
        case decided(Cell.Ending, Cell.EndingOrigin)
        /// The next tier is asked.
        case open
    }

    private func fold(
        _ own: ArraySlice<Int>, of tier: Int, rest: ArraySlice<Int>, into draft: inout CellDraft,
        _ passed: inout [Int: Continuation], _ unions: inout UnionMemo
    ) -> Outcome {
        // Copies of clauses would cost more than what is done with them.
        for number in own {
            switch clauses[number].action {
            case .log:
                draft.append(.log, clauses[number])
            case .allow where clauses[number].isForEveryone:
                draft.note(clauses[number].origin)
                return .decided(.accept, .rules([clauses[number].origin]))
            case .allow:
                draft.append(.accept, clauses[number])
            case .deny where clauses[number].isForEveryone:
                draft.note(clauses[number].origin)
                return .decided(.drop, .rules([clauses[number].origin]))
            case .deny:
                draft.append(.drop, clauses[number])
            case .pass where clauses[number].isForEveryone:
                draft.note(clauses[number].origin)
                return .open
            case .pass:
                let next =
                    passed[tier + 1] ?? Continuation(cell(rest, from: tier + 1, &passed, &unions))
                passed[tier + 1] = next
                draft.append(.resume(next), clauses[number])
            }
        }
        if tiers[tier].defaultAction == .pass { return .open }
        return .decided(.isolate, .tier(tiers[tier].policies.first?.tier ?? Profile.tier.name))
    }
}

/// A cell in the making.
private struct CellDraft {
    private var runs: [RunDraft] = []
    private var policies: [RuleOrigin] = []
    /// Where the last runs are, which all do the same.
    private var alike: [Kind: Int] = [:]

    private struct RunDraft {
        /// The peers of its clauses.
        var peers: [MatchSet]
        var conditions: RunConditions
        var action: Run.Action
        var origins: [RuleOrigin]
    }

    /// What the clauses of one run have in common besides what it does.
    private struct Kind: Hashable {
        var conditions: RunConditions
        /// Of a run that logs, the rule that the log names.
        var logged: RuleOrigin?
    }

    mutating func note(_ origin: RuleOrigin) {
        // The clauses of a policy stand together.
        let policy = origin.ofPolicy
        if policies.last != policy { policies.append(policy) }
    }

    /// Adds a clause: to a run that does the same on the same conditions, if only such as do the
    /// same stand behind it; else as a run of its own. Each rule that logs has its own run, because
    /// the log names it.
    mutating func append(_ action: Run.Action, _ clause: Clause) {
        note(clause.origin)
        if !runs.isEmpty, runs[runs.count - 1].action != action {
            alike = [:]
        } else if !runs.isEmpty, action != .log,
            runs[runs.count - 1].conditions == clause.conditions
        {
            add(clause, to: runs.count - 1)
            return
        }
        let kind = Kind(
            conditions: clause.conditions, logged: action == .log ? clause.origin : nil)
        if let run = alike[kind] {
            add(clause, to: run)
        } else {
            alike[kind] = runs.count
            runs.append(
                RunDraft(
                    peers: [clause.peers], conditions: clause.conditions, action: action,
                    origins: [clause.origin]))
        }
    }

    private mutating func add(_ clause: Clause, to run: Int) {
        runs[run].peers.append(clause.peers)
        if runs[run].origins.last != clause.origin { runs[run].origins.append(clause.origin) }
    }

    /// The cell, without the last runs that only do what its ending does anyway.
    func finished(
        _ ending: Cell.Ending, _ origin: Cell.EndingOrigin, _ unions: inout UnionMemo
    ) -> Cell {
        var needed = runs[...]
        while let last = needed.last, last.action.isSame(as: ending) { needed.removeLast() }
        return Cell(
            runs: needed.map { run in
                Run(
                    peers: unions.union(run.peers), conditions: run.conditions,
                    action: run.action, origins: run.origins)
            }, ending: ending, endingOrigin: origin, policies: policies)
    }
}

extension Run.Action {
    fileprivate func isSame(as ending: Cell.Ending) -> Bool {
        switch (self, ending) {
        case (.accept, .accept), (.drop, .drop): true
        default: false
        }
    }
}
