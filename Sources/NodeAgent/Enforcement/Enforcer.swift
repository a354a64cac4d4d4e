// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import RulesetDiff

/// Keeps one network namespace's ruleset at what a cluster's policies want, by the smallest
/// transactions.
///
/// In good times nothing is ever read back: a change of the cluster becomes a change of the wanted
/// table, and that a transaction, which the kernel refuses if anybody has changed the ruleset since.
/// Whenever something else happens the table is read, wholly or in the parts that others have
/// touched, and what differs is put right.
public final class Enforcer {
    /// How often others may come first before a transaction is sent whatever they did: others that
    /// change their own tables faster than that.
    private static let patience = 20

    private let port: any RulesetPort
    private let live: LiveCompilation
    private var succession = Succession(table: Table.sluiceName)
    /// That of the ruleset after all that is known to have happened to it; nil: unknown.
    private var generation: UInt32?
    private var record = WorkRecord()
    private let clock = ContinuousClock()

    /// What the latest ``enforce(_:)`` has changed, where it is elements only; nil where it is more,
    /// or not known.
    public private(set) var latestElements: [TableChange.ElementChange]?
    /// Whether the kernel has what is wanted, as far as is known.
    public private(set) var isSettled = false
    /// Whether to make the table one's own where the kernel can do that.
    public private(set) var claims: Bool
    /// Whether the table that stands can be made one's own: it was made to outlive its owner.
    private var isClaimable = true
    /// Whether the table is one's own now: nobody else can change it.
    public private(set) var isOwner = false

    /// Whether nothing less will do: a table that cannot be made one's own is made anew, and one
    /// that can is at once.
    private let demandsOwnership: Bool

    /// Begins without knowing anything, and without touching anything.
    ///
    /// - Parameters:
    ///   - claims: whether to make the table one's own with the first write, where that is possible.
    ///   - demandsOwnership: whether to do so at once, and to fail where it is not possible.
    ///   - tellsPods: whether somebody asks for ``takePodNews()``.
    public init(
        node: String, port: any RulesetPort, claims: Bool, demandsOwnership: Bool = false,
        tellsPods: Bool = false
    ) {
        live = LiveCompilation(node: node)
        live.notesChangedEndpoints = tellsPods
        self.port = port
        self.claims = claims || demandsOwnership
        self.demandsOwnership = demandsOwnership
    }

    /// What has been done since the last call.
    public func takeRecord() -> WorkRecord {
        defer { record = WorkRecord() }
        return record
    }

    /// The addresses of each pod of this node that policies govern.
    public var governedAddresses: [EndpointAddresses] { live.governedAddresses }

    /// How many pods of this node policies govern.
    public var governedEndpointCount: Int { live.governedEndpointCount }

    /// Whether something has gone out of use that ``clear()`` may delete.
    public var hasLeftovers: Bool { succession.hasLeftovers }

    /// Who claims an address.
    public func claimants(of address: IPAddress) -> [EndpointID] { live.claimants(of: address) }

    /// What is to be told of pods after the latest work: those that have changed since they were last
    /// told in force, or that nothing is known to be in force.
    public func takePodNews() -> PodFiles.News {
        guard isSettled else { return .notInForce }
        return .inForce(
            live.takeChangedEndpoints().filter { $0.key.kind == .pod }
                .mapValues { $0.map(PodInForce.init) },
            generation: generation)
    }

    /// The table that is wanted now.
    public var wanted: Table { live.table }

    // MARK: Changes of the cluster

    /// Takes changes without writing anything: what is known is not complete yet.
    public func absorb(_ changes: some Sequence<ClusterChange>) {
        _ = live.apply(changes)
        isSettled = false
    }

    /// Takes changes and brings them into force.
    ///
    /// - Throws: `NetlinkError`. What was in force before stays so; ``settle()`` tries again.
    public func enforce(_ changes: some Sequence<ClusterChange>) throws {
        latestElements = nil
        guard isSettled else {
            _ = live.apply(changes)
            return try settle()
        }
        // What others have done is put right from where they found it.
        do {
            try watch()
        } catch {
            _ = live.apply(changes)
            throw error
        }
        guard case .change(var change) = live.apply(changes) else {
            isSettled = false
            return try settle()
        }
        let elements = change.onlyElements
        if change.isEmpty {
            latestElements = elements
            return
        }
        isSettled = false
        do {
            if !change.outgrown.isEmpty { try enlarge(&change) }
            guard let transactions = succession.transactions(for: change) else {
                return try settle()
            }
            for transaction in transactions { try commitInTime(transaction) }
        } catch let overtaken as Overtaken {
            return try repair(overtaken.report, wholly: true)
        }
        isSettled = true
        latestElements = elements
    }

    /// Makes the sets anew that have outgrown their room, with the elements they have to have, and
    /// takes them out of the change. For this the rules that look into them are read and replaced.
    private func enlarge(_ change: inout TableChange) throws {
        let names = Set(change.outgrown.map(\.name))
        guard let wanted = live.part(around: names), let generation else { throw Overtaken() }
        if let clearing = succession.clearing() {
            // Chains that are left over may look into the sets too.
            port.awaitPacketsUnderWay()
            try commitInTime(clearing)
            succession.forgetLeftovers()
        }
        // Chains that come with this change do not stand yet.
        let new = Set(change.newChains.map(\.name))
        var part = wanted
        part.chains.removeAll { new.contains($0.name) }
        // Those that go with it do.
        part.chains += change.goneChains.filter { $0.looks(into: names) }
        part = part.sorted
        record.partialReads += 1
        let parts = TouchedParts(chains: Set(part.chains.map(\.name)), sets: names)
        let known = ObservedTable(table: part, rules: [:], generation: generation)
        guard let observed = try port.refresh(known, parts),
            observed.table.chains == part.chains
        else { throw Overtaken() }
        note(observed.generation)
        try commitInTime(Transaction(from: observed, to: part))
        change.elements.removeAll { names.contains($0.set.name) }
        change.outgrown = []
    }

    /// Deletes what has gone out of use, when no packet can be in it any more.
    ///
    /// - Throws: `NetlinkError`; then ``settle()`` is needed.
    public func clear() throws {
        guard isSettled, let transaction = succession.clearing() else { return }
        port.awaitPacketsUnderWay()
        isSettled = false
        do {
            try commitInTime(transaction)
        } catch let overtaken as Overtaken {
            return try repair(overtaken.report, wholly: true)
        }
        succession.forgetLeftovers()
        isSettled = true
    }

    // MARK: The whole

    /// Reads the table and puts right what differs from what is wanted; writes nothing if nothing
    /// does.
    ///
    /// - Throws: `NetlinkError`. What was in force before stays so.
    public func settle() throws {
        isSettled = false
        for _ in 0..<Self.patience {
            guard let observed = try readQuietly() else { continue }
            let migration = Migration(from: observed, generation: generation, to: live.table)
            do {
                if demandsOwnership, !isClaimable, !isOwner {
                    isClaimable = true
                    try commitInTime(.making(live.table, anewIn: observed))
                    continue
                }
                try carryOut(migration)
                if demandsOwnership, shallClaim {
                    try commitInTime(Transaction(table: Table.sluiceName))
                }
            } catch is Overtaken {
                continue
            }
            guard migration.isComplete else { continue }
            if let observed { live.adoptCapacities(of: observed.table) }
            succession.forgetLeftovers()
            isSettled = true
            return
        }
        throw NetlinkError.unsettled(table: Table.sluiceName, attempts: Self.patience)
    }

    /// Reads the whole table at a moment when nobody else changes it.
    ///
    /// - Returns: nil if somebody did; a table that is nil if there is none.
    private func readQuietly() throws -> ObservedTable?? {
        // What is told of the time before the reading is no news.
        _ = try port.drain()
        generation = try port.generation()
        record.wholeReads += 1
        let observed: ObservedTable?
        do { observed = try port.read() } catch NetlinkError.unsettled { return nil }
        isOwner = observed?.owner != nil && isOwner
        isClaimable = observed?.isPersistent ?? true
        let report = try port.drain()
        guard report.touched.isEmpty else { return nil }
        note(report.generation)
        return .some(observed)
    }

    private func carryOut(_ migration: Migration) throws {
        for (position, transaction) in migration.transactions.enumerated() {
            let isLast = position == migration.transactions.count - 1
            if isLast, migration.endsByClearingAway { port.awaitPacketsUnderWay() }
            try commitInTime(transaction)
        }
    }

    /// Deletes the table.
    ///
    /// - Throws: `NetlinkError`.
    public func remove() throws {
        isSettled = false
        let step = Transaction.Step(.deleteTable(name: Table.sluiceName), reason: "cleanup")
        try commit(Transaction(table: Table.sluiceName, steps: [step]))
        succession.forgetLeftovers()
    }

    // MARK: What others do

    /// Takes notice of what others have done to the ruleset, and puts right what concerns the table.
    ///
    /// - Throws: `NetlinkError`; then ``settle()`` is needed.
    public func watch() throws {
        let report = try port.drain()
        // Notices that were lost were all our own if nobody else can have come between.
        if report.overflowed, let generation, try port.generation() == generation { return }
        note(report.generation)
        guard isSettled, !report.touched.isEmpty else { return }
        try repair(report)
    }

    /// Compares the whole table, whether or not there was any sign of a change, and takes it into
    /// possession if it is to be one's own and is not yet.
    ///
    /// - Throws: `NetlinkError`; then ``settle()`` is needed.
    public func audit() throws {
        guard isSettled else { return try settle() }
        var report = try port.drain()
        report.touched = .everything
        try repair(report)
        if shallClaim { try commit(Transaction(table: Table.sluiceName, generation: generation)) }
    }

    /// Reads the whole table, and puts right what differs from what is wanted.
    ///
    /// - Returns: the table, if nothing differed and nobody changed it meanwhile; otherwise nil.
    /// - Throws: `NetlinkError`; then ``settle()`` is needed.
    public func inspect() throws -> ObservedTable? {
        guard isSettled else {
            try settle()
            return nil
        }
        try clear()
        guard let observed = try readQuietly(),
            Migration(from: observed, generation: generation, to: live.table).isEmpty
        else {
            var report = MonitorReport()
            report.touched = .everything
            try repair(report)
            return nil
        }
        return observed
    }

    private func note(_ other: UInt32?) {
        guard let other, let known = generation else { return }
        if Int32(bitPattern: other &- known) > 0 { generation = other }
    }

    /// - Parameter wholly: whether more may have to be put right than others have touched.
    private func repair(_ report: MonitorReport, wholly: Bool = false) throws {
        let start = clock.now
        let before = record.commits.count
        isSettled = false
        if try wholly || !repairParts(report.touched) { try settle() }
        let summary = record.commits[before...].reduce(into: TransactionSummary([])) {
            $0.add($1.summary)
        }
        if summary.isEmpty || report.touched.isEmpty { return }
        var culprits = report.culprits
        // The kernel names them behind what they changed.
        if culprits.isEmpty { culprits = try port.drain().culprits }
        record.drifts.append(
            .init(
                parts: report.touched, culprits: culprits, repair: summary,
                duration: clock.now - start))
    }

    /// Reads the touched parts only.
    ///
    /// - Returns: false if that is not enough to put them right.
    private func repairParts(_ touched: TouchedParts) throws -> Bool {
        let standing = succession.standing(with: live.table)
        var parts = touched
        for _ in 0..<Self.patience {
            guard !parts.isEverything, let generation else { return false }
            record.partialReads += 1
            let known = ObservedTable(table: standing, rules: [:], generation: generation)
            guard let observed = try port.refresh(known, parts),
                observed.table.keepsObjects(becoming: standing)
            else { return false }
            self.generation = observed.generation
            // What others did up to the reading must have been read.
            let report = try port.drain()
            note(report.generation)
            if !report.touched.isEmpty {
                parts.formUnion(report.touched)
                continue
            }
            let migration = Migration(from: observed, to: standing)
            guard migration.isComplete else { return false }
            do {
                try carryOut(migration)
                isSettled = true
                return true
            } catch let overtaken as Overtaken {
                parts.formUnion(overtaken.report.touched)
            }
        }
        return false
    }

    // MARK: Transactions

    /// Others have changed the table since it was last looked at.
    private struct Overtaken: Error {
        /// What they did; nothing where only a look at the whole table helps.
        var report = MonitorReport()
    }

    /// Commits, trying again for as long as others change other tables only.
    private func commitInTime(_ transaction: Transaction) throws {
        var transaction = transaction
        for attempt in 0...Self.patience {
            transaction.generation = attempt < Self.patience ? generation : nil
            do {
                return try commit(transaction)
            } catch NetlinkError.generationChanged {
                record.staleGenerations += 1
                let report = try port.drain()
                note(report.generation)
                guard report.touched.isEmpty else { throw Overtaken(report: report) }
            }
        }
    }

    private var shallClaim: Bool { claims && isClaimable && !isOwner }

    private func commit(_ transaction: Transaction) throws {
        let start = clock.now
        let claiming = shallClaim
        let receipt: CommitReceipt
        do {
            receipt = try port.commit(transaction, claiming: claiming)
        } catch NetlinkError.ownershipUnsupported where !demandsOwnership {
            claims = false
            return try commit(transaction)
        } catch NetlinkError.unclaimable where !demandsOwnership {
            isClaimable = false
            return try commit(transaction)
        }
        if claiming { isOwner = true }
        if receipt.messageCount == 0 { return }
        generation = receipt.generation ?? generation.map { $0 &+ 1 }
        record.commits.append(
            .init(
                summary: TransactionSummary([transaction]), reasons: transaction.reasons,
                receipt: receipt, duration: clock.now - start))
    }
}

extension Transaction {
    /// What deletes the table and makes it again, at once.
    fileprivate static func making(_ wanted: Table, anewIn observed: ObservedTable?) -> Transaction
    {
        var transaction = Transaction(from: nil, to: wanted)
        if observed != nil {
            transaction.steps.insert(
                .init(.deleteTable(name: wanted.name), reason: "belongs to nobody for good"), at: 0)
        }
        return transaction
    }

    /// The first few different reasons of its steps.
    fileprivate var reasons: [String] {
        var reasons: [String] = []
        for step in steps where !reasons.contains(step.reason) {
            reasons.append(step.reason)
            if reasons.count == 3 { break }
        }
        return reasons
    }
}
