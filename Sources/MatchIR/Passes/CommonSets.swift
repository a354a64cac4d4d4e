// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Takes unions apart where they would hold the same large selectors too many times: what several have
/// in common becomes a set of its own, which their runs ask besides what is left.
///
/// As long as all copies together stay within the budget, no union is taken apart. Beyond it each part
/// whose copies take more than its share of the budget goes into a set of its own, together with those
/// that are in just the same unions. So these sets together have at most as many elements as all selectors
/// have members, and the budget; and a packet pays a further lookup for each set in a row.
///
/// What is decided depends on the unions and on how large their parts are, these rounded up to powers of
/// two: pods that come and go seldom change it.
struct CommonSets: Equatable {
    /// The unions that are taken apart, each with the sets to ask in its stead, in order.
    private(set) var rows: [MatchSet: [MatchSet]] = [:]

    /// No union is taken apart.
    static let none = CommonSets()

    private init() {}

    /// - Parameter size: how many addresses a part has.
    init(_ count: UnionCount, _ costs: CostModel, size: (UnionPart) -> Int) {
        if count.shared.isEmpty { return }
        let copies = count.shared.mapValues { $0 - 1 }
        var weights: [UnionPart: Int] = [:]
        var total = 0
        for (part, copies) in copies {
            let weight = copies * Self.rounded(size(part))
            weights[part] = weight
            total += weight
        }
        guard total > costs.elementBudget else { return }
        let share = costs.elementBudget / Self.rounded(weights.count)
        let common = Set(weights.filter { $0.value > share }.keys)
        rows = Self.rows(of: count.unions.keys, common)
    }

    /// The next power of two.
    static func rounded(_ size: Int) -> Int {
        size < 2 ? size : 1 << (Int.bitWidth - (size - 1).leadingZeroBitCount)
    }

    private static func rows(
        of unions: some Collection<MatchSet>, _ common: Set<UnionPart>
    ) -> [MatchSet: [MatchSet]] {
        // Parts that are in the same unions are asked for together.
        var holders: [UnionPart: [Int]] = [:]
        for (number, union) in unions.enumerated() {
            for part in union.unionParts where common.contains(part) {
                holders[part, default: []].append(number)
            }
        }
        var groups: [[Int]: [UnionPart]] = [:]
        for (part, numbers) in holders { groups[numbers, default: []].append(part) }
        let sets = groups.mapValues { MatchSet($0) }
        var rows: [MatchSet: [MatchSet]] = [:]
        for union in unions {
            let parts = union.unionParts
            let rest = parts.filter { !common.contains($0) }
            let own = Set(parts.compactMap { holders[$0] }).map { sets[$0]! }
            let row = (rest.isEmpty ? [] : [MatchSet(rest)]) + own.inOrder
            if row.count > 1 { rows[union] = row }
        }
        return rows
    }

    /// The program with its unions taken apart.
    func applied(to program: DecisionProgram) -> DecisionProgram {
        if rows.isEmpty || !program.sets.contains(where: { rows[$0] != nil }) { return program }
        var splitting = RunSplitting(rows: rows)
        var result = program
        for index in result.ports.indices {
            result.ports[index].cell = splitting.cell(result.ports[index].cell)
        }
        for index in result.protocols.indices {
            result.protocols[index].cell = splitting.cell(result.protocols[index].cell)
        }
        result.rest = splitting.cell(result.rest)
        result.collect()
        return result
    }
}

extension [MatchSet] {
    /// In an order of their own, so that equal states make equal rows.
    fileprivate var inOrder: [MatchSet] {
        if count < 2 { return self }
        return map { (set: $0, text: $0.parts.joined(separator: "\n")) }
            .sorted { $0.text < $1.text }.map(\.set)
    }
}

/// Puts several runs in the place of one, each for a part of its peers.
private struct RunSplitting {
    let rows: [MatchSet: [MatchSet]]
    private var cells: [Cell: Cell] = [:]
    private var continuations: [Continuation: Continuation] = [:]

    init(rows: [MatchSet: [MatchSet]]) { self.rows = rows }

    mutating func cell(_ cell: Cell) -> Cell {
        if let known = cells[cell] { return known }
        var result = cell
        result.runs = []
        for var run in cell.runs {
            if case .resume(let next) = run.action {
                let other = continuations[next] ?? Continuation(self.cell(next.cell))
                continuations[next] = other
                run.action = .resume(other)
            }
            let row = run.action == .log ? nil : rows[run.peers]
            for peers in row ?? [run.peers] {
                run.peers = peers
                result.runs.append(run)
            }
        }
        cells[cell] = result
        return result
    }
}
