// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// How the packets of one class of endpoints are decided in one direction: protocol and port lead
/// to a cell, and the cell to a verdict.
public struct DecisionProgram: Hashable, Sendable {
    /// The side of the packet on which the class's endpoints stand.
    public var direction: Direction
    /// Which of their packets are meant.
    public var stage: Stage
    /// The policies of the class's stack, in the order in which they are asked.
    public var policies: [RuleOrigin]
    /// The numbers of the named ports that the class's policies mention.
    public var namedPorts: [NamedPort]
    /// The families in which the class's endpoints have addresses.
    public var families: Set<AddressFamily>
    /// Disjoint ranges of destination ports and their cells, ascending by protocol and port.
    public var ports: [PortCell]
    /// The cells of the protocols' remaining ports, ascending by protocol.
    public var protocols: [ProtocolCell]
    /// The cell of every other packet.
    public var rest: Cell

    /// Where a range of destination ports leads.
    public struct PortCell: Hashable, Sendable {
        /// The protocol that has the ports.
        public var transport: IPProtocol
        /// The destination ports, both ends included.
        public var ports: ClosedRange<UInt16>
        /// What decides there.
        public var cell: Cell
    }

    /// Where all ports of a protocol lead that no ``PortCell`` names.
    public struct ProtocolCell: Hashable, Sendable {
        /// The protocol.
        public var transport: IPProtocol
        /// What decides there.
        public var cell: Cell
    }

    /// Every cell that packets can reach, each once, in order of first mention.
    public internal(set) var cells: [Cell] = []
    /// The sets that the cells look addresses up in.
    public internal(set) var sets: Set<MatchSet> = []

    /// Notes the cells that the ports and protocols lead to, and their sets.
    mutating func collect() {
        cells = collectedCells()
        sets = []
        for cell in cells {
            for run in cell.runs {
                sets.insert(run.peers)
                for test in run.conditions.addresses { sets.insert(test.set) }
            }
        }
    }

    private func collectedCells() -> [Cell] {
        var seen: Set<Cell> = []
        var continuations: Set<Continuation> = []
        var result: [Cell] = []
        func add(_ cell: Cell) {
            guard seen.insert(cell).inserted else { return }
            result.append(cell)
            for run in cell.runs {
                if case .resume(let next) = run.action, continuations.insert(next).inserted {
                    add(next.cell)
                }
            }
        }
        for entry in ports { add(entry.cell) }
        for entry in protocols { add(entry.cell) }
        add(rest)
        return result
    }
}
