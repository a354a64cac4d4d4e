// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import Glibc
import NftablesModel
import RulesetDiff

extension KernelRuleset {
    /// How many times a way that others have overtaken is computed anew.
    private static let patience = 30

    /// The way from the kernel's table to the wanted one, which the kernel refuses if anything has
    /// changed since this look at it: also where there is no table yet, so that of two that make
    /// it only one succeeds.
    public func migration(to wanted: Table) throws(NetlinkError) -> Migration {
        let generation = try generation()
        return Migration(
            from: try read(table: wanted.name), generation: generation, to: wanted)
    }

    /// Brings the kernel to the wanted table, computing the way anew where others change the
    /// ruleset meanwhile.
    ///
    /// - Parameter claiming: whether each transaction claims the table, see ``commit(_:claiming:wantsHandles:)``.
    ///   Where there is nothing to do, nothing is claimed.
    /// - Returns: the transactions that were carried out; none if the table was the wanted one.
    /// - Throws: ``NetlinkError``. The transactions before the one that failed stay in force, which
    ///   is no mixture of old and new: see `Migration`.
    @discardableResult
    public func migrate(
        to wanted: Table, claiming: Bool = false
    ) throws(NetlinkError) -> [Transaction] {
        var done: [Transaction] = []
        var overtaken = 0
        while true {
            let migration = try migration(to: wanted)
            do throws(NetlinkError) {
                for (position, transaction) in migration.transactions.enumerated() {
                    let isLast = position == migration.transactions.count - 1
                    if isLast, migration.endsByClearingAway { Self.awaitPacketsUnderWay() }
                    try commit(
                        transaction, checksGeneration: overtaken < Self.patience,
                        claiming: claiming)
                    done.append(transaction)
                }
                if migration.isComplete { return done }
            } catch .generationChanged {
                overtaken += 1
            }
        }
    }

    /// Where other tables change faster than one look at ours takes, waiting for a quiet moment
    /// would be waiting for ever; our own table has been found steady by then.
    private func commit(
        _ transaction: Transaction, checksGeneration: Bool, claiming: Bool
    ) throws(NetlinkError) {
        var transaction = transaction
        if !checksGeneration { transaction.generation = nil }
        try commit(transaction, claiming: claiming, wantsHandles: false)
    }

    /// Returns when every packet that was in a hook has left it: the kernel's grace period
    /// (`MEMBARRIER_CMD_GLOBAL` is `synchronize_rcu`), or a while that is long for a packet.
    public static func awaitPacketsUnderWay() {
        if sluice_await_grace_period() != 0 { usleep(20_000) }
    }
}
