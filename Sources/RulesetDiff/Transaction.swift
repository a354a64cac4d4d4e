// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What leads from the observed to the wanted table, all or nothing.
public struct Transaction: Hashable, Sendable {
    /// One operation and why it is needed, for people to read.
    public struct Step: Hashable, Sendable {
        /// What the kernel is asked to do.
        public var operation: Operation
        /// Why: the policies behind it, or what others have changed.
        public var reason: String

        /// An operation with its reason.
        public init(_ operation: Operation, reason: String) {
            self.operation = operation
            self.reason = reason
        }
    }

    /// The table that all steps concern.
    public var table: String
    /// The operations in the order in which the kernel takes them.
    public var steps: [Step]
    /// The generation of the ruleset that the steps were computed from: the kernel refuses them if
    /// it has changed since. Nil: carried out whatever happened meanwhile.
    public var generation: UInt32?

    /// A transaction of these steps.
    public init(table: String, steps: [Step] = [], generation: UInt32? = nil) {
        self.table = table
        self.steps = steps
        self.generation = generation
    }

    /// Nothing is to be done.
    public var isEmpty: Bool { steps.isEmpty }
}
