// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How large the cells of a class may become by asking for the port first.
///
/// Where ranges of ports overlap, each piece of the port space has a cell with all clauses of that
/// piece, which makes the cells' clauses grow with the square of the rules. A class that would cost more
/// than the budget asks its clauses one after the other, each for its own ports: a packet then meets
/// more rules, but the ruleset grows as the policies do.
struct PortBudget {
    /// What asking for the port first may cost a class of these clauses.
    static func limit(for clauses: [Clause], _ costs: CostModel) -> Int {
        let size = clauses.reduce(0) { $0 + $1.scope.size }
        return max(costs.portMinimum, costs.portMultiple * size)
    }

    /// The clauses in the form that the class can afford, and the port space as these cut it.
    static func affordable(
        _ clauses: [Clause], _ costs: CostModel
    ) -> ([Clause], PortAtoms) {
        let atoms = PortAtoms(clauses)
        guard atoms.isCost(above: limit(for: clauses, costs)) else { return (clauses, atoms) }
        let asking = clauses.map(\.askingPorts)
        return (asking, PortAtoms(asking))
    }
}

extension Clause {
    /// The clause with its ports as a condition of its own.
    fileprivate var askingPorts: Clause {
        if scope.isEverything { return self }
        var clause = self
        clause.conditions.transport = scope
        clause.scope = .everything
        return clause
    }
}

extension TransportSpace {
    /// One, and one for each range of numbers.
    fileprivate var size: Int { numbers.values.reduce(1) { $0 + $1.intervals.count } }
}
