// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What the kernel told of a commit that it carried out.
public struct CommitReceipt: Hashable, Sendable {
    /// The ruleset's generation that the commit made; nil if nothing was sent, or the kernel's
    /// answer was lost.
    public var generation: UInt32?
    /// For each step that added, inserted or replaced a rule, by its index: the rule's handle,
    /// also where it replaced another, whose handle it may have kept. Some may be missing if answers were lost, for
    /// which the socket's buffer must be smaller than it is where that is permitted.
    public var handles: [Int: UInt64]
    /// The messages that carried out the steps; one step with many elements takes several.
    public var messageCount: Int
    /// What was sent in bytes, with all that frames it.
    public var byteCount: Int

    /// A receipt; without arguments that of a transaction without steps.
    public init(
        generation: UInt32? = nil, handles: [Int: UInt64] = [:], messageCount: Int = 0,
        byteCount: Int = 0
    ) {
        self.generation = generation
        self.handles = handles
        self.messageCount = messageCount
        self.byteCount = byteCount
    }
}
