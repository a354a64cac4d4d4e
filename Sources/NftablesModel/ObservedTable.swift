// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A table as read from the kernel: its content, and beside it what the kernel added.
public struct ObservedTable: Sendable {
    /// The table's content.
    public var table: Table
    /// For each chain by name, one entry for each of its rules, in order.
    public var rules: [String: [ObservedRule]]
    /// The generation of the network namespace's ruleset at which all of it was read.
    public var generation: UInt32
    /// Whether the kernel keeps the table when the socket that owns it is closed
    /// (`NFT_TABLE_F_PERSIST`): an orphan that anybody may change or own again.
    public var isPersistent: Bool
    /// The port of the netlink socket that alone may change the table; nil where everybody may.
    public var owner: UInt32?

    /// A table with what the kernel added.
    public init(
        table: Table, rules: [String: [ObservedRule]], generation: UInt32,
        isPersistent: Bool = false, owner: UInt32? = nil
    ) {
        self.table = table
        self.rules = rules
        self.generation = generation
        self.isPersistent = isPersistent
        self.owner = owner
    }
}

/// What the kernel knows of a rule besides its content.
public struct ObservedRule: Hashable, Sendable {
    /// The kernel's number for the rule, by which it is replaced or deleted.
    public var handle: UInt64
    /// The sum of the rule's counters; nil if it has none.
    public var counter: CounterValue?

    /// A rule's handle and counter.
    public init(handle: UInt64, counter: CounterValue? = nil) {
        self.handle = handle
        self.counter = counter
    }
}

/// Packets and bytes that passed a counter since its rule was made.
public struct CounterValue: Hashable, Sendable {
    /// How many packets.
    public var packets: UInt64
    /// How many bytes they had, network header included.
    public var bytes: UInt64

    /// A counter that has seen so much.
    public init(packets: UInt64, bytes: UInt64) {
        self.packets = packets
        self.bytes = bytes
    }
}
