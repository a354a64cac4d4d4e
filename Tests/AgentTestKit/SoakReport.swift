// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What came of a ``Soak``.
public struct SoakReport: Codable, Sendable {
    /// It gives the same changes again; not the same instants.
    public var seed: UInt64
    /// How long it took.
    public var seconds = 0.0
    /// Agents that were started.
    public var starts = 0
    /// Agents that were killed.
    public var kills = 0
    /// Of these, so many just after they had changed the kernel.
    public var killsAfterCommits = 0
    /// States of the cluster that were written.
    public var states = 0
    /// Times that the table was compared with the states after a kill.
    public var matches = 0
    /// Of these, so many with something out of reach in it, prepared or left over: the agent was
    /// killed amid a change.
    public var matchesAmidChange = 0
    /// The states that were found in force, each once.
    public var statesInForce = 0
    /// Times that a restarted agent had to reach the newest state.
    public var convergences = 0
    /// The longest that took, in seconds.
    public var longestConvergence = 0.0
    /// Changes that a stranger made to the table.
    public var tamperings = 0
    /// Changes that a neighbour made to his own.
    public var foreignChanges = 0
    /// What must never be.
    public var violations: [String] = []

    /// The report of one that has not begun.
    public init(seed: UInt64) { self.seed = seed }

    /// For people.
    public var text: String {
        """
        seed                 \(seed)
        time                 \(Int(seconds)) s
        states written       \(states)
        agents started       \(starts)
        agents killed        \(kills), \(killsAfterCommits) of them just after a commit
        tables compared      \(matches), \(matchesAmidChange) of them with something out of reach
        states in force      \(statesInForce)
        convergences         \(convergences), at most \(Int(longestConvergence * 1000)) ms
        tamperings           \(tamperings)
        foreign changes      \(foreignChanges)
        violations           \(violations.count)

        """ + violations.map { "  \($0)\n" }.joined()
    }
}
