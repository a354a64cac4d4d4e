// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What the compiler weighs when packets' time and the kernel's memory want different programs.
///
/// Packets are quickest where the peers of all rules that decide alike are one set; memory is least
/// where every selector's members are in one set only.
public struct CostModel: Hashable, Sendable {
    /// How many elements all sets of a node together may have because selectors are members of
    /// several unions.
    public var elementBudget = 1 << 18
    /// What asking for the port first may cost every class, however few its clauses, counted in
    /// clauses of cells: the square of a few dozen is small, and a flat cost of packets worth it.
    public var portMinimum = 4096
    /// What it may cost a class for each clause and each range of its ports.
    public var portMultiple = 16

    /// Up to so many single ports are asked for by a rule each and not by a map. A look into a map of
    /// ports takes a packet some 55 ns more than a rule that compares (`Tools/bench packets`, medians of 41
    /// rounds, 1 December 2026), so that they come out even at three; but packets for other ports pay for
    /// all of them.
    public static let portRules = 1
    /// The same for ranges of ports, whose maps take 150 ns more than one rule and 80 ns more than two.
    public static let portRangeRules = 2

    /// What nodes are compiled with.
    public static let standard = CostModel()

    /// The standard, but for what is changed.
    public init() {}
}
