// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

extension KernelRuleset {
    private static let attempts = 8

    /// Reads the table of family `inet` with this name, with its content as it stood at one
    /// generation; nil where there is no such table.
    ///
    /// What this model does not know is kept as unknown and never makes reading fail. Sets and
    /// chains come in the order of ``NftablesModel/Table/sorted``.
    ///
    /// - Throws: ``NetlinkError/unsettled(table:attempts:)`` if the ruleset kept changing
    ///   meanwhile, or another ``NetlinkError``.
    public func read(table name: String) throws(NetlinkError) -> ObservedTable? {
        // No table can have such a name.
        if EncodingLimit.violation(name: name) != nil { return nil }
        return try steadily(name) { assembly throws(NetlinkError) in try read(assembly) }
    }

    /// Reads the table once, whatever happens meanwhile: as it stood at one moment only if nobody
    /// changed it, which is for the caller to know. A ``RulesetMonitor`` that was drained before and
    /// is drained afterwards tells. Changes to other tables do no harm, however many there are.
    ///
    /// - Returns: the table, under a generation before the reading; nil if there is none.
    /// - Throws: ``NetlinkError/unsettled(table:attempts:)`` if it changed while it was read so that
    ///   it could not be put together, or another ``NetlinkError``.
    public func readOnce(table name: String) throws(NetlinkError) -> ObservedTable? {
        if EncodingLimit.violation(name: name) != nil { return nil }
        let generation = try generation()
        do throws(NetlinkError) {
            return try read(TableAssembly(name: name, generation: generation, isStrict: false))
        } catch .system(_, .noEntry) {
            // A set or chain that was listed and is gone.
            throw .unsettled(table: name, attempts: 1)
        }
    }

    /// What `attempt` reads at one generation.
    func steadily(
        _ name: String, _ attempt: (TableAssembly) throws(NetlinkError) -> ObservedTable?
    ) throws(NetlinkError) -> ObservedTable? {
        for _ in 0..<Self.attempts {
            // A change is noticed by the generation, before and after and in each part: the kernel
            // does not mark a dump of elements that a change interrupted.
            let generation = try generation()
            do throws(NetlinkError) {
                let table = try attempt(TableAssembly(name: name, generation: generation))
                if try self.generation() == generation { return table }
            } catch .unsettled {
                continue
            } catch {
                // A set or chain that was listed and is gone.
                if try self.generation() == generation { throw error }
            }
        }
        return try twice(name, attempt)
    }

    /// Where other tables change without pause, no generation lasts for as long as reading takes:
    /// then the table is what two readings in a row agree on, of the generation before the second.
    private func twice(
        _ name: String, _ attempt: (TableAssembly) throws(NetlinkError) -> ObservedTable?
    ) throws(NetlinkError) -> ObservedTable? {
        var earlier: ObservedTable??
        for _ in 0..<(2 * Self.attempts) {
            let generation = try generation()
            do throws(NetlinkError) {
                let later = try attempt(
                    TableAssembly(name: name, generation: generation, isStrict: false))
                if let earlier, earlier.isSameContent(as: later) { return later }
                earlier = .some(later)
            } catch .unsettled {
                earlier = nil
            } catch .system(_, .noEntry) {
                earlier = nil
            }
        }
        throw .unsettled(table: name, attempts: 3 * Self.attempts)
    }

    func read(_ empty: TableAssembly) throws(NetlinkError) -> ObservedTable? {
        var assembly = empty
        let name = assembly.name
        guard try readHeader(&assembly) else { return nil }
        // The dump of chains cannot be limited to a table: others are passed over unread.
        try request(MessageType.getChain, isDump: true, for: "read the chains of table \(name)") {
            message throws(NetlinkError) in try assembly.add(message)
        }
        try request(
            MessageType.getSet, isDump: true, names: [(SetAttribute.table, name)],
            for: "read the sets of table \(name)"
        ) { message throws(NetlinkError) in try assembly.add(message) }
        for set in assembly.setNames { try readElements(of: set, &assembly) }
        // Each part of a dump passes over all that came before: chain by chain, many rules take
        // half of the time.
        for chain in assembly.chainNames { try readRules(of: chain, &assembly) }
        return assembly.finish()
    }

    func readRules(
        of chain: String, _ assembly: inout TableAssembly
    ) throws(NetlinkError) {
        try request(
            MessageType.getRule, isDump: true,
            names: [(RuleAttribute.table, assembly.name), (RuleAttribute.chain, chain)],
            for: "read the rules of chain \(chain)"
        ) { message throws(NetlinkError) in try assembly.add(message) }
    }

    /// Reads the elements as often as it takes to get all of them once.
    func readElements(
        of set: String, _ assembly: inout TableAssembly
    ) throws(NetlinkError) {
        let name = assembly.name
        for _ in 0..<Self.attempts {
            try request(
                MessageType.getElements, isDump: true,
                names: [(ElementListAttribute.table, name), (ElementListAttribute.set, set)],
                for: "read the elements of set \(set)"
            ) { message throws(NetlinkError) in try assembly.add(message) }
            if assembly.settle(set: set) { return }
        }
        throw .unsettled(table: name, attempts: Self.attempts)
    }
}

extension ObservedTable? {
    /// Whether both have the same objects and handles, whatever their counters say.
    fileprivate func isSameContent(as other: ObservedTable?) -> Bool {
        self?.table == other?.table
            && self?.rules.mapValues { $0.map(\.handle) }
                == other?.rules.mapValues { $0.map(\.handle) }
    }
}
