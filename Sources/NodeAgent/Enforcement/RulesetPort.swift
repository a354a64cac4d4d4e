// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import RulesetDiff

/// The agent's hold on one network namespace's ruleset: the kernel's, or one in memory that fails
/// as the kernel may.
public protocol RulesetPort: AnyObject {
    /// The ruleset's generation: one more with each change to any table.
    func generation() throws -> UInt32

    /// Sluice's table, as it stands if nobody else changes it meanwhile; nil if there is none.
    ///
    /// - Throws: `NetlinkError.unsettled` if somebody does and it shows.
    func read() throws -> ObservedTable?

    /// The observed table with some parts read again; nil if the table is gone.
    func refresh(_ observed: ObservedTable, _ parts: TouchedParts) throws -> ObservedTable?

    /// Carries out a transaction, all or nothing.
    ///
    /// - Parameter claiming: whether the table shall be this port's own.
    /// - Throws: `NetlinkError`.
    func commit(_ transaction: Transaction, claiming: Bool) throws -> CommitReceipt

    /// What has happened to the ruleset since the last call.
    func drain() throws -> MonitorReport

    /// Returns when every packet that was in a hook has left it.
    func awaitPacketsUnderWay()
}

/// The kernel's ruleset, through two netlink sockets that are kept for life.
public final class KernelPort: RulesetPort {
    private let ruleset: KernelRuleset
    private let monitor: RulesetMonitor

    /// The ruleset of the calling thread's network namespace.
    ///
    /// - Throws: `NetlinkError`.
    public init() throws {
        ruleset = try KernelRuleset()
        monitor = try RulesetMonitor(table: Table.sluiceName, ignoring: [ruleset.port])
    }

    /// The ruleset of another network namespace.
    ///
    /// - Throws: `NetlinkError`.
    public init(in namespace: NetworkNamespace) throws {
        ruleset = try KernelRuleset(in: namespace)
        monitor = try RulesetMonitor(
            table: Table.sluiceName, ignoring: [ruleset.port], in: namespace)
    }

    /// Readable when others have changed something.
    public var descriptor: Int32 { monitor.descriptor }

    /// How many messages the kernel has answered with so far, those about commits left out.
    public var messagesRead: Int { ruleset.messagesRead }

    public func generation() throws -> UInt32 { try ruleset.generation() }

    public func read() throws -> ObservedTable? { try ruleset.readOnce(table: Table.sluiceName) }

    public func refresh(
        _ observed: ObservedTable, _ parts: TouchedParts
    ) throws -> ObservedTable? {
        try ruleset.refresh(observed, parts)
    }

    public func commit(_ transaction: Transaction, claiming: Bool) throws -> CommitReceipt {
        try ruleset.commit(transaction, claiming: claiming, wantsHandles: false)
    }

    public func drain() throws -> MonitorReport { try monitor.drain() }

    public func awaitPacketsUnderWay() { KernelRuleset.awaitPacketsUnderWay() }
}
