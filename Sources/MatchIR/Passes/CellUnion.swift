// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Cells that differ only in rules, as one.
struct CellUnion {
    private let clauses: [Clause]
    /// The places of rules in the order in which they are asked; most classes need none.
    private lazy var ranks: [RuleOrigin: Int] = {
        var ranks: [RuleOrigin: Int] = [:]
        for (rank, clause) in clauses.enumerated() {
            ranks[clause.origin] = ranks[clause.origin] ?? rank
        }
        return ranks
    }()
    private var cells: [Cell: Cell] = [:]
    /// Those that have been added.
    private var known: Set<Continuation> = []
    private var withoutRules: [Continuation: Continuation] = [:]
    private var united: [Continuation: Continuation] = [:]

    /// - Parameter clauses: in the order in which they are asked.
    init(_ clauses: [Clause]) { self.clauses = clauses }

    /// Adds a cell and those behind it.
    ///
    /// - Returns: its form, which all that are like it have.
    @discardableResult mutating func add(_ cell: Cell) -> Cell {
        let form = form(of: cell)
        if let other = cells[form] {
            cells[form] = merged(other, cell)
        } else {
            cells[form] = cell
        }
        for run in cell.runs {
            if case .resume(let next) = run.action, known.insert(next).inserted { add(next.cell) }
        }
        return form
    }

    /// The cell of a form with the rules of all that are like it, and so are the cells behind it.
    mutating func united(form: Cell) -> Cell {
        var cell = cells[form]!
        for run in cell.runs.indices {
            if case .resume(let next) = cell.runs[run].action {
                let union = united[next] ?? Continuation(united(form: withoutRules[next]!.cell))
                united[next] = union
                cell.runs[run].action = .resume(union)
            }
        }
        return cell
    }

    private mutating func merged(_ first: Cell, _ second: Cell) -> Cell {
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

    private mutating func merged(
        _ first: [RuleOrigin], _ second: [RuleOrigin]
    ) -> [RuleOrigin] {
        if first == second { return first }
        let order = ranks
        return Set(first + second).sorted { order[$0]! < order[$1]! }
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
        for rule in rules where policies.last != rule.ofPolicy {
            policies.append(rule.ofPolicy)
        }
        return policies
    }
}
