// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import NodeAgent
import PolicyTestKit
import RulesetDiff

/// A ruleset in memory, with neighbours that change it and a kernel that refuses when it is told to.
final class FakePort: RulesetPort {
    private(set) var kernel = FakeKernel()
    private var current: UInt32 = 1
    private var report = MonitorReport()
    /// What goes wrong at the next commits, in order; nil: nothing.
    var faults: [NetlinkError?] = []
    /// What others do at the next commits, just before them.
    var interruptions: [(FakePort) throws -> Void] = []
    private(set) var transactions: [Transaction] = []
    private(set) var wholeReads = 0
    private(set) var partialReads = 0

    func forget() {
        transactions = []
        wholeReads = 0
        partialReads = 0
    }

    func generation() throws -> UInt32 { current }

    func read() throws -> ObservedTable? {
        wholeReads += 1
        return observed
    }

    private var observed: ObservedTable? {
        guard var observed = kernel.observed else { return nil }
        observed.generation = current
        return observed
    }

    func refresh(_ known: ObservedTable, _ parts: TouchedParts) throws -> ObservedTable? {
        partialReads += 1
        guard let fresh = observed else { return nil }
        var result = known
        result.generation = current
        result.table.chains.removeAll { parts.chains.contains($0.name) }
        result.table.chains += fresh.table.chains.filter { parts.chains.contains($0.name) }
        result.table.sets.removeAll { parts.sets.contains($0.name) }
        result.table.sets += fresh.table.sets.filter { parts.sets.contains($0.name) }
        for chain in parts.chains { result.rules[chain] = fresh.rules[chain] }
        result.table = result.table.sorted
        return result
    }

    func commit(_ transaction: Transaction, claiming: Bool) throws -> CommitReceipt {
        if !interruptions.isEmpty { try interruptions.removeFirst()(self) }
        if let generation = transaction.generation, generation != current {
            throw NetlinkError.generationChanged(expected: generation)
        }
        if !faults.isEmpty, let fault = faults.removeFirst() { throw fault }
        try kernel.commit(transaction)
        if transaction.isEmpty { return CommitReceipt() }
        current += 1
        transactions.append(transaction)
        return CommitReceipt(generation: current, messageCount: transaction.steps.count)
    }

    func drain() throws -> MonitorReport {
        defer { report = MonitorReport() }
        return report
    }

    func awaitPacketsUnderWay() {}

    // MARK: Others

    /// Somebody changes another table.
    func changeForeignTable() {
        current += 1
        report.generation = current
        report.foreignMessages += 1
    }

    /// Somebody changes the table to this one; nil deletes it.
    func tamper(to table: Table?) throws {
        let parts = kernel.observed.map { $0.table.parts(differingFrom: table) } ?? .everything
        if let table {
            try kernel.commit(Transaction(from: kernel.observed, to: table))
        } else if let observed = kernel.observed {
            let step = Transaction.Step(.deleteTable(name: observed.table.name), reason: "")
            try kernel.commit(Transaction(table: observed.table.name, steps: [step]))
        }
        current += 1
        report.generation = current
        report.touched.formUnion(parts)
        report.culprits = [.init(name: "nft", process: 7)]
    }

    /// Notices are lost.
    func overflow() {
        report.overflowed = true
        report.touched = .everything
    }
}

extension Table {
    fileprivate func parts(differingFrom other: Table?) -> TouchedParts {
        guard let other else { return .everything }
        let chains = Set(self.chains).symmetricDifference(other.chains).map(\.name)
        let sets = Set(self.sets).symmetricDifference(other.sets).map(\.name)
        return TouchedParts(chains: Set(chains), sets: Set(sets))
    }

    /// The table after something that a careless or hostile hand may do to it.
    func tampered(using random: inout SeededGenerator) -> Table? {
        var copy = self
        switch random.number(in: 0...6) {
        case 0:
            return nil
        case 1:
            let chain = random.number(in: 0...(chains.count - 1))
            copy.chains[chain].rules = []
        case 2:
            let chain = random.number(in: 0...(chains.count - 1))
            copy.chains[chain].rules.insert(Rule([.verdict(.accept)]), at: 0)
        case 3:
            copy.chains.append(
                Chain(name: "intruder-\(random.next())", rules: [Rule([.verdict(.accept)])]))
        case 4:
            copy.sets.append(
                NamedSet(
                    name: "intruders-\(random.next())", key: [.ipv4Address],
                    elements: .ipv4([1, 2])))
        default:
            let candidates = sets.indices.filter {
                if case .ipv4 = sets[$0].elements { true } else { false }
            }
            guard !candidates.isEmpty else { return nil }
            let set = candidates[random.number(in: 0...(candidates.count - 1))]
            copy.sets[set].elements = .ipv4([0x0909_0909])
        }
        return copy
    }
}
