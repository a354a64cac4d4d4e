// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension AgentStatus {
    /// Whether the pods of the node are governed as the input wants it: everything has been read,
    /// and the kernel has it.
    public var isReady: Bool { isInSync && isInForce }

    /// Why the agent is not ready, one line each; empty if it is.
    public var reasonsNotReady: [String] {
        if isReady { return [] }
        var reasons: [String] = []
        if !isInSync { reasons.append("not in sync: the source has not been read in whole yet") }
        if !isInForce {
            let failures = failuresInARow > 0 ? ", \(failuresInARow) commits failed in a row" : ""
            reasons.append("not in force: the kernel does not have what the input wants\(failures)")
        }
        return reasons + Staleness(contacts).lines + problems.map(LineText.printable)
    }

    /// What is said of an agent that is ready: in its first line how stale it is what is in force, then
    /// what is wrong all the same.
    ///
    /// Ready stays ready while the source is cut off (S98): the node enforces what it last heard of, and
    /// that nobody asks it any more would not make it hear again.
    var readiness: [String] {
        let first = (["ready"] + Staleness(contacts).lines).joined(separator: "; ")
        return [first] + problems.map(LineText.printable)
    }
}
