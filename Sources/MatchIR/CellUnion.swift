// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Cells that differ only in rules, as one.
struct CellUnion {
    /// The places of rules in the order in which they are asked.
    let ranks: [RuleOrigin: Int]
    private var cells: [Cell: Cell] = [:]
    /// Those that have been added.
    private var known: Set<Continuation> = []
    private var withoutRules: [Continuation: Continuation] = [:]
    private var united: [Continuation: Continuation] = [:]

    init(ranks: [RuleOrigin: Int]) { self.ranks = ranks }

    mutating func add(_ cell: Cell) {
        let form = form(of: cell)
        cells[form] = cells[form].map { merged($0, cell) } ?? cell
        for case .resume(let next) in cell.runs.map(\.action) where known.insert(next).inserted {
            add(next.cell)
        }
    }

    /// The cell with the rules of all that are like it, and so are the cells behind it.
    mutating func united(_ cell: Cell) -> Cell {
        var cell = cells[form(of: cell)]!
        for run in cell.runs.indices {
            if case .resume(let next) = cell.runs[run].action {
                let union = united[next] ?? Continuation(united(next.cell))
                united[next] = union
                cell.runs[run].action = .resume(union)
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

    /// The cell without what tells rules of one policy apart; but a log names its rule.
    private mutating func form(of cell: Cell) -> Cell {
        var cell = cell
        for index in cell.runs.indices where cell.runs[index].action != .log {
            cell.runs[index].origins = Self.policies(of: cell.runs[index].origins)
            if case .resume(let next) = cell.runs[index].action {
                let form = withoutRules[next] ?? Continuation(form(of: next.cell))
                withoutRules[next] = form
                cell.runs[index].action = .resume(form)
            }
        }
        if case .rules(let rules) = cell.endingOrigin {
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
