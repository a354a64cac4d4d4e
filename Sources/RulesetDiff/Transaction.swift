// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What leads from the observed to the wanted table, all or nothing.
public struct Transaction: Hashable, Sendable {
    /// One operation and why it is needed, for people to read.
    public struct Step: Hashable, Sendable {
        public var operation: Operation
        public var reason: String

        public init(_ operation: Operation, reason: String) {
            self.operation = operation
            self.reason = reason
        }
    }

    /// The table that all steps concern.
    public var table: String
    public var steps: [Step]
    /// The generation of the ruleset that the steps were computed from: the kernel refuses them if
    /// it has changed since. Nil: carried out whatever happened meanwhile.
    public var generation: UInt32?

    public init(table: String, steps: [Step] = [], generation: UInt32? = nil) {
        self.table = table
        self.steps = steps
        self.generation = generation
    }

    public var isEmpty: Bool { steps.isEmpty }
}
