// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

extension KernelRuleset {
    /// The observed table with these parts of it read again, and the others as they are.
    ///
    /// What is gone is removed, and what is new is added. The result has the generation at which
    /// the parts were read, and says of the other parts what `observed` does. Whether these were
    /// changed up to then, a ``RulesetMonitor`` tells that is drained afterwards: refresh again with
    /// what it has touched, before a transaction relies on the generation.
    ///
    /// - Returns: nil if the table is gone.
    /// - Throws: ``NetlinkError/unsettled(table:attempts:)`` if the ruleset kept changing
    ///   meanwhile, or another ``NetlinkError``.
    public func refresh(
        _ observed: ObservedTable, _ parts: TouchedParts
    ) throws(NetlinkError) -> ObservedTable? {
        let name = observed.table.name
        if parts.isEverything { return try read(table: name) }
        let known = Set(observed.table.chains.map(\.name))
        let refreshed = try steadily(name) { assembly throws(NetlinkError) in
            try read(parts, assembly).map { observed.replacing(parts, by: $0) }
        }
        guard let refreshed else { return nil }
        // A chain that is new can be an old one under another name, which rules and elements
        // elsewhere follow unasked.
        let isRenamed = refreshed.table.chains.contains { !known.contains($0.name) }
        return isRenamed ? try read(table: name) : refreshed
    }

    /// The table with nothing but these parts.
    private func read(
        _ parts: TouchedParts, _ empty: TableAssembly
    ) throws(NetlinkError) -> ObservedTable? {
        var assembly = empty
        guard try readHeader(&assembly) else { return nil }
        for chain in parts.chains.sorted() {
            try readObject(
                MessageType.getChain, (ChainAttribute.table, ChainAttribute.name), chain, &assembly)
        }
        for set in parts.sets.sorted() {
            try readObject(
                MessageType.getSet, (SetAttribute.table, SetAttribute.name), set, &assembly)
        }
        for set in assembly.setNames { try readElements(of: set, &assembly) }
        for chain in assembly.chainNames { try readRules(of: chain, &assembly) }
        return assembly.finish()
    }

    /// Adds the header of one object, if there is such a one.
    private func readObject(
        _ type: UInt16, _ attributes: (table: UInt16, name: UInt16), _ object: String,
        _ assembly: inout TableAssembly
    ) throws(NetlinkError) {
        let table = assembly.name
        do throws(NetlinkError) {
            try request(
                type, names: [(attributes.table, table), (attributes.name, object)],
                for: "read \(object) of table \(table)"
            ) { message throws(NetlinkError) in try assembly.add(message) }
        } catch .system(_, .noEntry) {
            return
        }
    }
}

extension ObservedTable {
    /// This table with other parts in the place of its own.
    fileprivate func replacing(_ parts: TouchedParts, by other: ObservedTable) -> ObservedTable {
        var result = other
        var table = other.table
        table.chains += self.table.chains.filter { !parts.chains.contains($0.name) }
        table.sets += self.table.sets.filter { !parts.sets.contains($0.name) }
        result.table = table.sorted
        result.rules.merge(rules.filter { !parts.chains.contains($0.key) }) { fresh, _ in fresh }
        return result
    }
}
