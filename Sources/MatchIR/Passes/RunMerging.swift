// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Makes one run of clauses that do the same, their peers one union, as far as order allows; and leaves
/// out the last runs if they only do what happens anyway.
struct RunMerging {
    /// The class's clauses in order.
    let clauses: [Clause]

    /// The cell with its clauses merged.
    func cell(_ folded: FoldedCell, _ unions: inout UnionMemo) -> Cell {
        var known: [ObjectIdentifier: Continuation] = [:]
        return cell(folded, &known, &unions)
    }

    private func cell(
        _ folded: FoldedCell, _ known: inout [ObjectIdentifier: Continuation],
        _ unions: inout UnionMemo
    ) -> Cell {
        var drafts = RunDrafts()
        for step in folded.steps {
            let action: Run.Action
            switch step.action {
            case .accept: action = .accept
            case .drop: action = .drop
            case .log: action = .log
            case .resume(let next):
                let identifier = ObjectIdentifier(next)
                let continuation =
                    known[identifier] ?? Continuation(cell(next.cell, &known, &unions))
                known[identifier] = continuation
                action = .resume(continuation)
            }
            drafts.append(action, clauses[step.clause])
        }
        return Cell(
            runs: drafts.runs(before: folded.ending, &unions), ending: folded.ending,
            endingOrigin: folded.endingOrigin, policies: policies(folded.asked))
    }

    /// The policies of some clauses, each once.
    private func policies(_ asked: [Int]) -> [RuleOrigin] {
        var policies: [RuleOrigin] = []
        for number in asked {
            // The clauses of a policy stand together.
            let policy = clauses[number].origin.ofPolicy
            if policies.last != policy { policies.append(policy) }
        }
        return policies
    }
}

/// The runs of a cell in the making.
private struct RunDrafts {
    private var runs: [RunDraft] = []
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

    /// Adds a clause: to a run that does the same on the same conditions, if only such as do the
    /// same stand behind it; else as a run of its own. Each rule that logs has its own run, because
    /// the log names it.
    mutating func append(_ action: Run.Action, _ clause: Clause) {
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

    /// The runs, without the last ones that only do what its ending does anyway.
    func runs(before ending: Cell.Ending, _ unions: inout UnionMemo) -> [Run] {
        var needed = runs[...]
        while let last = needed.last, last.action.isSame(as: ending) { needed.removeLast() }
        return needed.map { run in
            Run(
                peers: unions.union(run.peers), conditions: run.conditions, action: run.action,
                origins: run.origins)
        }
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
