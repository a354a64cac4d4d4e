// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyModel

/// Says which of a cluster's successive states a table decides by.
///
/// A table decides by a state if what packets can meet of it (``NftablesModel/Table/reachable``) is,
/// rule by rule and element by element, what packets can meet of the table that is compiled from
/// the state alone. Nothing of another state is admitted, not even one element: what prepares a
/// change must be out of reach, and all that stands and changes must change in one transaction.
/// What is out of reach may be anything.
///
/// States go forward only: no table decides by a state that is older than one that was in force
/// before.
public final class StateMatch {
    private let compile: (ClusterState) -> Table
    private var compiled: [Int: Table] = [:]
    /// The oldest state that may be in force; nil before any was.
    public private(set) var oldest: Int?

    /// - Parameter compile: gives the table that a state wants.
    public init(compile: @escaping (ClusterState) -> Table) { self.compile = compile }

    /// The first state from the oldest possible one on that the table decides by. It is the oldest
    /// possible one from now on.
    ///
    /// - Returns: nil if the table decides by none of them: it is a mixture, or out of date.
    public func advance(_ table: Table, in states: [ClusterState]) -> Int? {
        let reachable = table.reachable
        let found = ((oldest ?? 0)..<states.count).first { content($0, states) == reachable }
        if let found { settle(at: found) }
        return found
    }

    /// This state is known to be in force.
    public func settle(at number: Int) {
        oldest = number
        compiled = compiled.filter { $0.key >= number }
    }

    /// The names of objects in which the table differs from a state's, for a report.
    public func difference(_ table: Table, from number: Int, in states: [ClusterState]) -> String {
        let wanted = content(number, states)
        let observed = table.reachable
        let chains = Set(wanted.chains).symmetricDifference(observed.chains).map(\.name)
        let sets = Set(wanted.sets).symmetricDifference(observed.sets).map(\.name)
        return (Set(chains).sorted() + Set(sets).sorted()).joined(separator: " ")
    }

    private func content(_ number: Int, _ states: [ClusterState]) -> Table {
        if let known = compiled[number] { return known }
        let table = compile(states[number]).reachable
        compiled[number] = table
        return table
    }
}
