// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The steps from policies to a node's program, in the order in which they are taken. After each the
/// program decides as before.
public enum CompilerPass: String, CaseIterable, Sendable {
    /// Rules become clauses: named ports get numbers, Services their ports, and blocks with their
    /// exceptions disjoint intervals.
    case clauses
    /// Clauses go that earlier ones decide otherwise about.
    case shadows
    /// Protocols and ports are cut into pieces in which the same clauses apply, or, where that would
    /// cost too much, every clause asks for its own ports.
    case ports
    /// Tiers, passes and default actions become one list of clauses for each piece.
    case tiers
    /// Clauses that do the same become one run, their peers one union; the last runs go that only do
    /// what happens anyway.
    case runs
    /// Pieces that decide alike share their cell, and are joined where nothing differs.
    case cells
    /// Endpoints with the same policies share their program.
    case classes
    /// What many unions have in common gets a set of its own, where they would be too large together.
    case sets
}
