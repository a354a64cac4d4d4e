// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Cuts the space of protocols and their numbers (destination ports, or types and codes) at the
/// clauses' boundaries, so that within a piece the same clauses apply.
struct PortAtoms {
    /// The clauses for the protocols that no clause names, ascending.
    private(set) var everywhere: [Int] = []
    /// The protocols that a clause names, ascending.
    let protocols: [IPProtocol]
    private let scopes: [TransportSpace]

    init(_ clauses: [Clause]) {
        scopes = clauses.map { $0.scope }
        everywhere = scopes.indices.filter { [scopes] in scopes[$0].hasOthers }
        var protocols: Set<IPProtocol> = []
        for scope in scopes where !scope.numbers.isEmpty {
            protocols.formUnion(scope.numbers.keys)
        }
        self.protocols = protocols.sorted()
    }

    /// The clauses for what is left of a protocol beside its pieces, ascending. A clause that
    /// leaves some numbers out is one of them, one that names some is not.
    func clauses(for transport: IPProtocol) -> [Int] {
        scopes.indices.filter {
            guard let numbers = scopes[$0].numbers[transport] else { return scopes[$0].hasOthers }
            return numbers.contains(.min) && numbers.contains(.max)
        }
    }

    /// The pieces in which other clauses apply than in what is left, ascending and disjoint.
    ///
    /// - Parameter base: the clauses for what is left.
    func pieces(
        of transport: IPProtocol, besides base: [Int]
    ) -> [(ports: ClosedRange<UInt16>, clauses: [Int])] {
        let always = scopes.indices.filter { includesAll(of: transport, $0) }
        var pieces: [(ports: ClosedRange<UInt16>, clauses: [Int])] = []
        sweep(transport) { ports, open in
            let clauses = open.isEmpty ? always : (always + open).sorted()
            if clauses != base { pieces.append((ports, clauses)) }
            return true
        }
        return pieces
    }

    /// Whether the clauses of all pieces, and of what is left, are more than a limit, counted once
    /// for each piece that they apply in.
    func isCost(above limit: Int) -> Bool { cost(upTo: limit) > limit }

    /// How many they are.
    var cost: Int { cost(upTo: .max) }

    /// The same, or some number above the limit.
    private func cost(upTo limit: Int) -> Int {
        var cost = everywhere.count
        for transport in protocols where cost <= limit {
            let base = clauses(for: transport)
            let partial = Set(base.filter { !includesAll(of: transport, $0) })
            let always = scopes.indices.count { includesAll(of: transport, $0) }
            cost += base.count
            sweep(transport) { _, open in
                if open.count != partial.count || open != partial { cost += always + open.count }
                return cost <= limit
            }
        }
        return cost
    }

    private func includesAll(of transport: IPProtocol, _ clause: Int) -> Bool {
        scopes[clause].numbers[transport].map(\.isFull) ?? scopes[clause].hasOthers
    }

    /// Walks over a protocol's numbers from one boundary to the next, as long as `visit` wants, with
    /// the clauses that apply there and not to all numbers.
    private func sweep(
        _ transport: IPProtocol, _ visit: (_ ports: ClosedRange<UInt16>, _ open: Set<Int>) -> Bool
    ) {
        var edges: [(at: UInt32, clause: Int, opens: Bool)] = []
        for (clause, scope) in scopes.enumerated() {
            guard let numbers = scope.numbers[transport], !numbers.isFull else { continue }
            for range in numbers.intervals {
                edges.append((UInt32(range.lowerBound), clause, true))
                edges.append((UInt32(range.upperBound) + 1, clause, false))
            }
        }
        if edges.isEmpty { return }
        let end = UInt32(UInt16.max) + 1
        edges.sort { $0.at < $1.at }

        var open: Set<Int> = []
        var position = 0
        var start: UInt32 = 0
        while start < end {
            while position < edges.count, edges[position].at == start {
                let edge = edges[position]
                if edge.opens { open.insert(edge.clause) } else { open.remove(edge.clause) }
                position += 1
            }
            let next = position < edges.count ? edges[position].at : end
            guard visit(UInt16(start)...UInt16(next - 1), open) else { return }
            start = next
        }
    }
}
