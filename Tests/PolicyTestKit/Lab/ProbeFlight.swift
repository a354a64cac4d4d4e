// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Probes on their way over one socket.
protocol ProbeFlight {
    var socket: Socket { get }

    /// What to wait for on the socket: `POLLIN` or `POLLOUT`.
    var awaited: Int32 { get }

    /// Whether an answer is still missing.
    var isOpen: Bool { get }

    /// Takes what has come back and notes what it says.
    mutating func settle(in ledger: inout ProbeLedger)
}
