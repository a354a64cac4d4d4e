// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The cells of one class, by the clauses they are made from.
///
/// Cells that differ only in which rules of the same policies decide there are one, which names all of
/// these rules: what is shared by many ports stays shared.
struct CellMemo {
    private let folding: TierFolding
    private var cells: [[Int]: Cell] = [:]

    init(_ folding: TierFolding) { self.folding = folding }

    /// Makes the cells for packets that exactly these clauses match but for their peers.
    mutating func fold(_ lists: [[Int]]) {
        for clauses in lists where cells[clauses] == nil {
            cells[clauses] = folding.cell(clauses)
        }
        // Only rules with places of their own make cells differ that decide alike.
        if folding.clauses.contains(where: { $0.origin.rule != nil }) { unite() }
    }

    /// The cell of a list that has been folded.
    func cell(_ clauses: [Int]) -> Cell { cells[clauses]! }

    private mutating func unite() {
        var ranks: [RuleOrigin: Int] = [:]
        for (rank, clause) in folding.clauses.enumerated() {
            ranks[clause.origin] = ranks[clause.origin] ?? rank
        }
        var union = CellUnion(ranks: ranks)
        for cell in cells.values { union.add(cell) }
        cells = cells.mapValues(union.united)
    }
}

/// Cells that differ only in rules, as one.
private struct CellUnion {
    /// The places of rules in the order in which they are asked.
    let ranks: [RuleOrigin: Int]
    private var cells: [Cell: Cell] = [:]

    init(ranks: [RuleOrigin: Int]) { self.ranks = ranks }

    mutating func add(_ cell: Cell) {
        cells[cell.withoutRules] = cells[cell.withoutRules].map { merged($0, cell) } ?? cell
        for case .resume(let next) in cell.runs.map(\.action) { add(next) }
    }

    /// The cell with the rules of all that are like it, and so are the cells behind it.
    func united(_ cell: Cell) -> Cell {
        var cell = cells[cell.withoutRules]!
        for run in cell.runs.indices {
            if case .resume(let next) = cell.runs[run].action {
                cell.runs[run].action = .resume(united(next))
            }
        }
        return cell
    }

    private func merged(_ first: Cell, _ second: Cell) -> Cell {
        var cell = first
        for run in cell.runs.indices {
            cell.runs[run].origins = merged(first.runs[run].origins, second.runs[run].origins)
        }
        if case .rules(let rules) = first.endingOrigin,
            case .rules(let others) = second.endingOrigin
        {
            cell.endingOrigin = .rules(merged(rules, others))
        }
        return cell
    }

    private func merged(_ first: [RuleOrigin], _ second: [RuleOrigin]) -> [RuleOrigin] {
        first == second ? first : Set(first + second).sorted { ranks[$0]! < ranks[$1]! }
    }
}

extension Cell {
    /// The cell without what tells rules of one policy apart; but a log names its rule.
    fileprivate var withoutRules: Cell {
        var cell = self
        for index in cell.runs.indices where cell.runs[index].action != .log {
            cell.runs[index].origins = Self.policies(of: cell.runs[index].origins)
            if case .resume(let next) = cell.runs[index].action {
                cell.runs[index].action = .resume(next.withoutRules)
            }
        }
        if case .rules(let rules) = endingOrigin {
            cell.endingOrigin = .rules(Self.policies(of: rules))
        }
        return cell
    }

    private static func policies(of rules: [RuleOrigin]) -> [RuleOrigin] {
        var policies: [RuleOrigin] = []
        for policy in rules.map(\.ofPolicy) where policies.last != policy {
            policies.append(policy)
        }
        return policies
    }
}
