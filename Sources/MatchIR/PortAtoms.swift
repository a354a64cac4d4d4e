// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Cuts the space of protocols and destination ports at the clauses' boundaries, so that within a
/// piece the same clauses apply.
struct PortAtoms {
    /// The clauses for every packet, ascending.
    private(set) var everywhere: [Int] = []
    /// For each protocol that a clause names, what applies to it.
    private(set) var protocols: [IPProtocol: Scopes] = [:]

    struct Scopes {
        /// The clauses for every port of the protocol, ascending.
        var everyPort: [Int] = []
        /// The clauses for some ports.
        var ranges: [(ports: ClosedRange<UInt16>, clause: Int)] = []
    }

    init(_ clauses: [Clause]) {
        for (number, clause) in clauses.enumerated() {
            for scope in Set(clause.ports) {
                switch scope {
                case .everything: everywhere.append(number)
                case .every(let transport):
                    protocols[transport, default: Scopes()].everyPort.append(number)
                case .range(let transport, let ports):
                    protocols[transport, default: Scopes()].ranges.append((ports, number))
                }
            }
        }
    }

    /// The clauses for the ports of a protocol that no range names, ascending.
    func clauses(for transport: IPProtocol) -> [Int] {
        merge(everywhere, protocols[transport]?.everyPort ?? [])
    }

    /// The pieces in which a range applies, ascending and disjoint, with their clauses.
    func pieces(of transport: IPProtocol) -> [(ports: ClosedRange<UInt16>, clauses: [Int])] {
        guard let ranges = protocols[transport]?.ranges, !ranges.isEmpty else { return [] }
        let base = clauses(for: transport)
        var edges: [(at: UInt32, clause: Int, opens: Bool)] = []
        for (ports, clause) in ranges {
            edges.append((UInt32(ports.lowerBound), clause, true))
            edges.append((UInt32(ports.upperBound) + 1, clause, false))
        }
        edges.sort { $0.at < $1.at }

        var pieces: [(ports: ClosedRange<UInt16>, clauses: [Int])] = []
        /// How many ranges of each clause are open.
        var open: [Int: Int] = [:]
        var position = 0
        while position < edges.count {
            let start = edges[position].at
            while position < edges.count, edges[position].at == start {
                let edge = edges[position]
                let count = open[edge.clause, default: 0] + (edge.opens ? 1 : -1)
                open[edge.clause] = count == 0 ? nil : count
                position += 1
            }
            guard !open.isEmpty, position < edges.count else { continue }
            let ports = UInt16(start)...UInt16(edges[position].at - 1)
            pieces.append((ports, merge(base, open.keys.sorted())))
        }
        return pieces
    }

    /// Two ascending lists as one, without repetition.
    private func merge(_ left: [Int], _ right: [Int]) -> [Int] {
        if left.isEmpty { return right }
        if right.isEmpty { return left }
        return Set(left).union(right).sorted()
    }
}
