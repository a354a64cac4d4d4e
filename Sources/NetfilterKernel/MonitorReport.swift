// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What has happened to the ruleset since the last report.
public struct MonitorReport: Hashable, Sendable {
    /// A process that changed our table; strictly the thread of it that did.
    public struct Culprit: Hashable, Sendable {
        /// The thread's name, which is the process's unless that gave it another (15 bytes at most).
        public var name: String
        /// The thread's number, which is the process's for its first thread, as seen from the
        /// first process namespace.
        public var process: UInt32

        /// A process by name and number.
        public init(name: String, process: UInt32) {
            self.name = name
            self.process = process
        }
    }

    /// The newest generation of which the kernel told; nil if of none.
    public var generation: UInt32?
    /// What others changed in our table: everything if notifications were lost.
    public var touched = TouchedParts()
    /// Who they are, each once. The kernel names them behind what they changed: a report that ends
    /// between the two leaves the name to the next.
    public var culprits: [Culprit] = []
    /// How many transactions were our own.
    public var ownChanges = 0
    /// How many notifications were about others' changes to other tables.
    public var foreignMessages = 0
    /// Notifications were lost for want of room: only reading everything tells what they were.
    public var overflowed = false

    /// Nothing happened.
    public init() {}
}
