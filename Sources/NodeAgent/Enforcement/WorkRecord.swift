// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import RulesetDiff

/// What an ``Enforcer`` has done since it was last asked.
public struct WorkRecord: Sendable {
    /// A transaction that the kernel took.
    public struct Commit: Sendable {
        /// What it changed.
        public var summary: TransactionSummary
        /// Why: the first few policies, endpoints or sets behind it.
        public var reasons: [String]
        /// What the kernel told of it.
        public var receipt: CommitReceipt
        /// From sending it to the kernel's answer.
        public var duration: Duration
    }

    /// Others have changed the table, and it was put right.
    public struct Drift: Sendable {
        /// What they changed.
        public var parts: TouchedParts
        /// Who they are.
        public var culprits: [MonitorReport.Culprit]
        /// What it took to put it right.
        public var repair: TransactionSummary
        /// From the notice to the repair.
        public var duration: Duration
    }

    /// In order.
    public var commits: [Commit] = []
    /// In order.
    public var drifts: [Drift] = []
    /// How often the whole table was read.
    public var wholeReads = 0
    /// How often parts of it were.
    public var partialReads = 0
    /// How often a transaction came too late, because others had changed the ruleset.
    public var staleGenerations = 0

    /// Nothing done.
    public init() {}

    /// What all transactions changed together.
    public var summary: TransactionSummary {
        commits.reduce(into: TransactionSummary([])) { $0.add($1.summary) }
    }
}
