// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// One class on its way through the passes that concern it alone, with what each has made of it.
struct ClassCompilation {
    let endpoints: EndpointClass
    /// After ``CompilerPass/clauses``.
    let read: [Clause]
    /// After ``CompilerPass/shadows``.
    let reached: [Clause]
    /// After ``CompilerPass/ports``: the clauses in the form that the class can afford.
    let clauses: [Clause]
    let atoms: PortAtoms
    /// The policies of the stack.
    let policies: [RuleOrigin]

    /// - Parameters:
    ///   - numbers: the book's numbers of the policies.
    ///   - book: what other classes of the same state have read.
    init(
        _ endpoints: EndpointClass, _ numbers: [[Int]], _ directory: some PeerDirectory,
        _ book: inout ClauseBook, _ costs: CostModel
    ) {
        self.endpoints = endpoints
        (read, policies) = Clause.list(for: endpoints, numbers, directory, &book)
        reached = ShadowedClauses.removed(from: read)
        (clauses, atoms) = PortBudget.affordable(reached, costs)
    }

    /// A part of the transport space with the clauses that apply there.
    struct Piece {
        /// Nil for all protocols that no clause names.
        var transport: IPProtocol?
        /// Nil for what is left of a protocol beside its other pieces.
        var ports: ClosedRange<UInt16>?
        var clauses: [Int]
    }

    /// All pieces of the transport space: of each protocol what is left first, and at the end what is
    /// left of everything.
    var pieces: [Piece] {
        var pieces: [Piece] = []
        for transport in atoms.protocols {
            let base = atoms.clauses(for: transport)
            pieces.append(Piece(transport: transport, clauses: base))
            pieces += atoms.pieces(of: transport, besides: base).map {
                Piece(transport: transport, ports: $0.ports, clauses: $0.clauses)
            }
        }
        return pieces + [Piece(clauses: atoms.everywhere)]
    }

    /// What follows the cut into pieces.
    var folding: TierFolding { TierFolding(clauses: clauses, tiers: endpoints.tiers) }
    /// What follows the tiers.
    var merging: RunMerging { RunMerging(clauses: clauses) }
}
