// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// What a running agent says of itself, as `/status` gives it and `sluice status` prints it.
public struct AgentStatus: Hashable, Sendable, Codable {
    /// The node whose pods are governed.
    public var node: String
    /// When the agent was started.
    public var started: Date
    /// Whether everything of the source has been read at least once; until then nothing is written.
    public var isInSync = false
    /// Whether the kernel has what the last good input wants, as far as is known.
    public var isInForce = false
    /// When the kernel last took, or was last found to have, what is wanted.
    public var lastSuccess: Date?
    /// Commits that failed in a row; 0 in good times.
    public var failuresInARow = 0
    /// What keeps the agent from enforcing the newest input, in words; empty in good times.
    public var problems: [String] = []
    /// Who is kept from changing the table: `owner` where the kernel refuses others, `monitor`
    /// where their changes are noticed and taken back.
    public var ownership = "monitor"
    /// Objects of the cluster by kind.
    public var objects: [String: Int] = [:]
    /// Times that others changed the table and it was put right.
    public var driftRepaired = 0
    /// The pods of this node that policies govern.
    public var governedEndpoints = 0
    /// The files that say which pods' policies are in force; nil where none are kept.
    public var podFiles: PodFileCount?
    /// What the source's server has last said of each kind of objects, in order of name; empty for files,
    /// which are read where they stand.
    public var contacts: [Contact] = []
    /// What came of the latest proof; nil where none was tried.
    public var proof: Proof?

    /// How many pods of this node have a file that says that their policies are in force (S91).
    public struct PodFileCount: Hashable, Sendable, Codable {
        /// Where the files are.
        public var directory: String
        /// How many there are.
        public var files = 0
        /// How many pods should have one.
        public var pods = 0

        /// None of a directory, as long as nothing is known.
        public init(directory: String) { self.directory = directory }
    }

    /// Whether it was proved that the kernel does what the policies say.
    public struct Proof: Hashable, Sendable, Codable {
        /// `proved`, `different`, or `not proved`.
        public var outcome: String
        /// When it was known.
        public var time: Date
        /// Differences and doubts in words.
        public var findings: [String]
    }

    /// The status of an agent that has not read anything yet.
    public init(node: String, started: Date) {
        self.node = node
        self.started = started
    }
}
