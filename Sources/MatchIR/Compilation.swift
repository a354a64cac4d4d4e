// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension DecisionProgram {
    /// Compiles the policies of a class: port first, then one union set (for policies that only
    /// allow, whatever their number).
    ///
    /// - Parameter directory: is asked for the numbers of named ports only, never for addresses.
    public init(_ endpoints: EndpointClass, _ directory: some PeerDirectory) {
        let clauses = Clause.list(for: endpoints, directory)
        let atoms = PortAtoms(clauses)
        var memo = CellMemo(
            TierFolding(clauses: clauses, defaults: endpoints.tiers.map(\.defaultAction)))

        direction = endpoints.direction
        stage = endpoints.stage
        policies = endpoints.tiers.flatMap(\.policies).map(\.id.description)
        namedPorts = endpoints.namedPorts
        families = endpoints.families
        rest = memo.cell(atoms.everywhere)
        protocols = []
        ports = []
        for transport in atoms.protocols {
            let fallback = memo.cell(atoms.clauses(for: transport))
            if !fallback.decidesLike(rest) {
                protocols.append(ProtocolCell(transport: transport, cell: fallback))
            }
            for piece in atoms.pieces(of: transport) {
                let cell = memo.cell(piece.clauses)
                if cell.decidesLike(fallback) { continue }
                append(PortCell(transport: transport, ports: piece.ports, cell: cell))
            }
        }
        cells = collectedCells()
        sets = Set(cells.flatMap(\.runs).flatMap(\.sets))
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
    /// Whether both cells give every address the same fate, as far as their form shows.
    fileprivate func decidesLike(_ other: Cell) -> Bool {
        ending == other.ending && runs.map(\.peers) == other.runs.map(\.peers)
            && runs.map(\.action) == other.runs.map(\.action)
            && runs.map(\.conditions) == other.runs.map(\.conditions)
    }
}

/// The cells made so far, by the clauses they are made from.
private struct CellMemo {
    private let folding: TierFolding
    private var cells: [[Int]: Cell] = [:]

    init(_ folding: TierFolding) { self.folding = folding }

    mutating func cell(_ clauses: [Int]) -> Cell {
        if let cell = cells[clauses] { return cell }
        let cell = folding.cell(clauses)
        cells[clauses] = cell
        return cell
    }
}
