// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The cells of one class, by the clauses they are made from.
///
/// Cells that differ only in which rules of the same policies decide there are one, which names all of
/// these rules: what is shared by many ports stays shared.
struct CellMemo {
    private let folding: TierFolding
    private var cells: [[Int]: Cell] = [:]

    private let merging: RunMerging

    init(_ folding: TierFolding, _ merging: RunMerging) {
        self.folding = folding
        self.merging = merging
    }

    /// Makes the cells for packets that exactly these clauses match but for their peers.
    mutating func fold(_ lists: [[Int]], _ unions: inout UnionMemo) {
        for clauses in lists where cells[clauses] == nil {
            cells[clauses] = merging.cell(folding.cell(clauses), &unions)
        }
        // Only rules with places of their own make cells differ that decide alike.
        if folding.clauses.contains(where: { $0.origin.rule != nil }) { unite() }
    }

    /// The cell of a list that has been folded.
    func cell(_ clauses: [Int]) -> Cell { cells[clauses]! }

    private mutating func unite() {
        var union = CellUnion(folding.clauses)
        let forms = cells.mapValues { union.add($0) }
        cells = forms.mapValues { union.united(form: $0) }
    }
}
