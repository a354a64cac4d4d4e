// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

@testable import MatchIR

/// Decides about packets by what each pass has made of a class, each form by its own meaning.
enum PassInterpreter {
    /// By clauses under tiers.
    static func decide(
        _ packet: PassPacket, _ clauses: [Clause], _ tiers: [EndpointClass.Layer]
    ) -> Cell.Ending {
        for (number, tier) in tiers.enumerated() {
            let first = clauses.first { clause in
                clause.tier == number && clause.action != .log && packet.isIn(clause.scope)
                    && packet.isPeer(in: clause.peers) && packet.meets(clause.conditions)
            }
            switch first?.action {
            case .allow: return .accept
            case .deny: return .drop
            case .pass: continue
            case .log, nil: if tier.defaultAction != .pass { return .isolate }
            }
        }
        return .accept
    }

    /// The clauses of the piece of the transport space that a packet is in.
    static func clauses(_ packet: PassPacket, _ compilation: ClassCompilation) -> [Int] {
        let pieces = compilation.pieces
        let exact = pieces.first { piece in
            guard let transport = piece.transport, let ports = piece.ports else { return false }
            return packet.isIn(transport, ports)
        }
        let ofProtocol = pieces.first { $0.ports == nil && $0.transport == packet.packet.transport }
        return (exact ?? ofProtocol ?? pieces.last!).clauses
    }

    static func decide(
        _ packet: PassPacket, _ cell: FoldedCell, _ clauses: [Clause]
    ) -> Cell.Ending {
        for step in cell.steps {
            let clause = clauses[step.clause]
            guard packet.isPeer(in: clause.peers), packet.meets(clause.conditions) else { continue }
            switch step.action {
            case .accept: return .accept
            case .drop: return .drop
            case .log: continue
            case .resume(let next): return decide(packet, next.cell, clauses)
            }
        }
        return cell.ending
    }

    static func decide(_ packet: PassPacket, _ cell: Cell) -> Cell.Ending {
        for run in cell.runs {
            guard packet.isPeer(in: run.peers), packet.meets(run.conditions) else { continue }
            switch run.action {
            case .accept: return .accept
            case .drop: return .drop
            case .log: continue
            case .resume(let next): return decide(packet, next.cell)
            }
        }
        return cell.ending
    }

    static func decide(_ packet: PassPacket, _ program: DecisionProgram) -> Cell.Ending {
        let port = program.ports.first { packet.isIn($0.transport, $0.ports) }
        let rest = program.protocols.first { $0.transport == packet.packet.transport }
        return decide(packet, port?.cell ?? rest?.cell ?? program.rest)
    }
}
