// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What a class's tiers come to for packets that the same clauses match: clauses in order, the first of
/// which decides that means the packet's peer, and what becomes of the rest.
struct FoldedCell {
    var steps: [Step] = []
    var ending = Cell.Ending.accept
    var endingOrigin = Cell.EndingOrigin.nothing
    /// The clauses that have a part in it, those that mean everyone among them.
    var asked: [Int] = []

    /// One clause.
    struct Step {
        var clause: Int
        var action: Action
    }

    /// What a clause does.
    enum Action {
        case accept
        case drop
        case log
        /// Goes on behind the clause's tier.
        case resume(FoldedContinuation)
    }
}

/// What the tiers behind one come to, to which clauses that pass lead: one object for all of a cell.
final class FoldedContinuation {
    let cell: FoldedCell

    init(_ cell: FoldedCell) { self.cell = cell }
}
