// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension DecisionProgram {
    /// Compiles the policies of a class: port first, then one union set (for policies that only
    /// allow, whatever their number). Where that would cost too much for the number of rules, all
    /// ports lead to one cell whose runs ask for them.
    ///
    /// - Parameter directory: is asked for the numbers of named ports only, never for addresses.
    public init(
        _ endpoints: EndpointClass, _ directory: some PeerDirectory, costs: CostModel = .standard
    ) {
        var book = ClauseBook()
        self.init(endpoints, book.numbers(of: endpoints), directory, &book, costs)
    }

    /// - Parameters:
    ///   - numbers: the book's numbers of the policies.
    ///   - book: what other classes of the same state have read.
    init(
        _ endpoints: EndpointClass, _ numbers: [[Int]], _ directory: some PeerDirectory,
        _ book: inout ClauseBook, _ costs: CostModel
    ) {
        let compilation = ClassCompilation(endpoints, numbers, directory, &book, costs)
        let atoms = compilation.atoms
        var memo = CellMemo(compilation.folding, compilation.merging)
        let parts = atoms.protocols.map { transport in
            let base = atoms.clauses(for: transport)
            return (
                transport: transport, base: base,
                pieces: atoms.pieces(of: transport, besides: base)
            )
        }
        var lists = [atoms.everywhere]
        for part in parts {
            lists.append(part.base)
            for piece in part.pieces { lists.append(piece.clauses) }
        }
        memo.fold(lists, &book.unions)

        direction = endpoints.direction
        stage = endpoints.stage
        policies = compilation.policies
        namedPorts = endpoints.namedPorts
        families = endpoints.families
        rest = memo.cell(atoms.everywhere)
        protocols = []
        ports = []
        for (transport, base, pieces) in parts {
            let fallback = memo.cell(base)
            if !fallback.decidesLike(rest) {
                protocols.append(ProtocolCell(transport: transport, cell: fallback))
            }
            for piece in pieces {
                let cell = memo.cell(piece.clauses)
                if cell.decidesLike(fallback) { continue }
                append(PortCell(transport: transport, ports: piece.ports, cell: cell))
            }
        }
        collect()
    }

    /// Adds a piece of the port space, joined to the one before where nothing differs.
    private mutating func append(_ piece: PortCell) {
        if let last = ports.last, last.transport == piece.transport, last.cell == piece.cell,
            Int(last.ports.upperBound) + 1 == Int(piece.ports.lowerBound)
        {
            ports[ports.count - 1].ports = last.ports.lowerBound...piece.ports.upperBound
        } else {
            ports.append(piece)
        }
    }
}

extension Cell {
    /// Whether both cells give every address the same fate, as far as their form shows, and write the
    /// same to the log.
    fileprivate func decidesLike(_ other: Cell) -> Bool {
        ending == other.ending && runs.count == other.runs.count
            && runs.indices.allSatisfy { runs[$0].decidesLike(other.runs[$0]) }
    }
}

extension Run {
    fileprivate func decidesLike(_ other: Run) -> Bool {
        peers == other.peers && action == other.action && conditions == other.conditions
            && (action != .log || origins == other.origins)
    }
}
