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
        return reasons + problems.map(LineText.printable)
    }
}
