// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import RulesetDiff

/// Sluice's table in the kernel of the present network namespace, with errors as people read them.
struct Kernel {
    private let ruleset: KernelRuleset

    /// How many times a transaction that others have overtaken is computed anew.
    private static let patience = 30

    init() throws {
        ruleset = try Self.explaining { try KernelRuleset() }
    }

    /// The table as it stands; nil if there is none.
    func read() throws -> ObservedTable? {
        try Self.explaining { try ruleset.read(table: Table.sluiceName) }
    }

    /// Brings the kernel to the wanted table in one transaction, computed anew if others changed
    /// the ruleset meanwhile.
    ///
    /// - Returns: the transaction that was carried out; an empty one was not sent.
    func bring(to wanted: Table) throws -> Transaction {
        var attempts = 0
        while true {
            var transaction = try difference(to: wanted)
            if transaction.isEmpty { return transaction }
            // Where other tables change faster than one look at ours takes, waiting for a quiet
            // moment would be waiting for ever: our own table has been found steady by then.
            if attempts >= Self.patience { transaction.generation = nil }
            do {
                try ruleset.commit(transaction)
                return transaction
            } catch NetlinkError.generationChanged {
                attempts += 1
            } catch {
                if case .unacknowledged = error { throw Failure("\(error)") }
                throw Failure("\(error)\nnothing was changed: what was enforced still is")
            }
        }
    }

    /// The transaction that leads to the wanted table, which the kernel refuses if anything has
    /// changed since this look at it: also where there is no table yet, so that of two that make
    /// it only one succeeds.
    func difference(to wanted: Table) throws -> Transaction {
        let generation = try Self.explaining { try ruleset.generation() }
        var transaction = Transaction(from: try read(), to: wanted)
        transaction.generation = transaction.generation ?? generation
        return transaction
    }

    /// Deletes the table.
    func delete() throws {
        try Self.explaining { try ruleset.deleteTable(Table.sluiceName) }
    }

    private static func explaining<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as NetlinkError { throw Failure("\(error)") }
    }
}
