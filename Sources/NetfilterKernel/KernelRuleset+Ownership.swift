// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import RulesetDiff

extension KernelRuleset {
    /// How many times a claim that a change of others has overtaken is repeated with care.
    private static let claimAttempts = 30

    /// Makes a table that has lost its owner this socket's, and wakes it if it is dormant. Does
    /// nothing if it is this socket's already.
    ///
    /// - Throws: ``NetlinkError/owned(table:port:)``, ``NetlinkError/unclaimable(table:)``,
    ///   ``NetlinkError/system(attempt:_:)`` with ``ErrorNumber/noEntry`` if there is no such table,
    ///   or another ``NetlinkError``. None of the first three costs the kernel a grace period, as
    ///   a refused batch does.
    @discardableResult
    public func claim(table name: String) throws(NetlinkError) -> CommitReceipt {
        var overtaken = 0
        while true {
            let generation = try generation()
            guard let header = try header(of: name) else {
                throw .system(attempt: "claim table \(name)", .noEntry)
            }
            if header.owner == port { return CommitReceipt() }
            if let owner = header.owner { throw .owned(table: name, port: owner) }
            guard header.isPersistent else { throw .unclaimable(table: name) }
            do throws(NetlinkError) {
                // The kernel would make a table that has gone meanwhile; where others never pause,
                // that has to be risked.
                let guardian = overtaken < Self.claimAttempts ? generation : nil
                return try commit(Transaction(table: name, generation: guardian), claiming: true)
            } catch .generationChanged {
                overtaken += 1
            }
        }
    }

    /// The table without anything in it; nil if there is none.
    func header(of name: String) throws(NetlinkError) -> ObservedTable? {
        if EncodingLimit.violation(name: name) != nil { return nil }
        var assembly = TableAssembly(name: name, generation: 0, isStrict: false)
        return try readHeader(&assembly) ? assembly.finish() : nil
    }

    /// Adds the table's header.
    ///
    /// - Returns: false if there is no such table.
    func readHeader(_ assembly: inout TableAssembly) throws(NetlinkError) -> Bool {
        let name = assembly.name
        do throws(NetlinkError) {
            try request(
                MessageType.getTable, names: [(TableAttribute.name, name)],
                for: "read table \(name)"
            ) { message throws(NetlinkError) in try assembly.add(message) }
            return true
        } catch .system(_, .noEntry) {
            return false
        }
    }
}
