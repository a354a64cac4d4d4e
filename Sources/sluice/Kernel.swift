// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import RulesetDiff

/// Sluice's table in the kernel of the present network namespace, with errors as people read them.
struct Kernel {
    private let ruleset: KernelRuleset

    init() throws {
        ruleset = try Self.explaining { try KernelRuleset() }
    }

    /// The table as it stands; nil if there is none.
    func read() throws -> ObservedTable? {
        try Self.explaining { try ruleset.read(table: Table.sluiceName) }
    }

    /// Brings the kernel to the wanted table.
    ///
    /// - Returns: the transactions that were carried out.
    func bring(to wanted: Table) throws -> [Transaction] {
        do {
            return try ruleset.migrate(to: wanted)
        } catch  where error.isOwnedByOther {
            throw Failure("\(error)")
        } catch {
            throw Failure(
                """
                \(error)
                no policy is half in force; sluice diff shows what is left to do
                """)
        }
    }

    /// What ``bring(to:)`` would do.
    func difference(to wanted: Table) throws -> Migration {
        try Self.explaining { try ruleset.migration(to: wanted) }
    }

    /// The base chains of other tables that IP packets meet.
    func attachedChains() throws -> [AttachedChain] {
        try Self.explaining { try ruleset.attachedChains(besides: Table.sluiceName) }
    }

    /// Deletes the table.
    func delete() throws {
        try Self.explaining { try ruleset.deleteTable(Table.sluiceName) }
    }

    private static func explaining<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as NetlinkError { throw Failure("\(error)") }
    }
}

extension NetlinkError {
    /// Whether nothing was changed because the table is another process's.
    fileprivate var isOwnedByOther: Bool {
        if case .owned = self { true } else { false }
    }
}
