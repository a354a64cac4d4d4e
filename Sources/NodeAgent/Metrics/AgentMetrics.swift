// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterServers
import Foundation
import PolicyVerification

/// All metrics of the agent: the one place where their names, units and meanings stand.
public struct AgentMetrics: Sendable {
    /// Where an error arose; the values of the label `stage`.
    public enum Stage: String, CaseIterable, Sendable {
        /// The source could not be read.
        case source
        /// What was read could not be compiled.
        case compile
        /// The kernel refused a change.
        case commit
        /// The kernel's notifications could not be followed.
        case monitor
        /// A file of a pod could not be written or removed.
        case files
    }

    /// What is counted in the kernel's table; the values of the label `kind`.
    public enum KernelObject: String, CaseIterable, Sendable {
        case chains
        case rules
        case sets
        case elements
    }

    /// How much of the table was read; the values of the label `scope`.
    public enum ReadScope: String, CaseIterable, Sendable {
        /// All of it.
        case whole
        /// Single chains or sets.
        case part
    }

    /// Changes received, by kind of object, such as `pod`.
    public let changes: InstrumentFamily<Counter>
    /// Transactions that the kernel took.
    public let transactions: Counter
    /// Netlink messages in each transaction.
    public let transactionMessages: Histogram
    /// Bytes of each transaction.
    public let transactionBytes: Histogram
    /// From sending a transaction to the kernel's answer, in seconds.
    public let commitSeconds: Histogram
    /// From the receipt of a change to its being in force, in seconds.
    public let reactionSeconds: Histogram
    /// Errors by ``Stage``.
    public let errors: InstrumentFamily<Counter>
    /// Commits that failed in a row; 0 in good times.
    public let consecutiveFailures: Gauge
    /// When the kernel last took, or was last found to have, what is wanted: seconds since 1970.
    public let lastSuccessTimestamp: Gauge
    /// Times that others changed the table and it was put right.
    public let driftRepaired: Counter
    /// From the notice of a foreign change to its being put right, in seconds.
    public let driftSeconds: Histogram
    /// Objects of the cluster by kind.
    public let objects: InstrumentFamily<Gauge>
    /// What the kernel's table holds, by ``KernelObject``.
    public let kernelObjects: InstrumentFamily<Gauge>
    /// Pods of this node that policies govern.
    public let governedEndpoints: Gauge
    /// Pods of this node whose interfaces are known by their routes.
    public let placedPods: Gauge
    /// Pods of this node that have a file which says that their policies are in force.
    public let podFiles: Gauge
    /// Whether everything of the source has been read at least once.
    public let inSync: Gauge
    /// Whether the kernel has what the last good input wants.
    public let inForce: Gauge
    /// Whether the kernel keeps others from changing the table.
    public let owner: Gauge
    /// Reads of the kernel's table, by ``ReadScope``.
    public let rulesetReads: InstrumentFamily<Counter>
    /// Commits refused because others had changed the ruleset since it was read.
    public let staleGenerations: Counter
    /// Errors in the newest input.
    public let inputProblems: Gauge
    /// When the source's server last said anything about a kind: seconds since 1970; 0 before the first
    /// time. Files have none.
    public let sourceContacts: InstrumentFamily<Gauge>
    /// Kinds that may have changed without our hearing of it (S98).
    public let staleKinds: Gauge
    /// Proofs that were tried, by outcome and by what was looked at.
    public let proofs: InstrumentFamily<Counter>
    /// Whether the latest proof succeeded.
    public let proved: Gauge
    /// When the latest proof was tried: seconds since 1970.
    public let proofTimestamp: Gauge
    /// How long proofs took, in seconds, by what was looked at.
    public let proofSeconds: InstrumentFamily<Histogram>

    /// Declares all metrics.
    ///
    /// - Parameter version: What `sluice_build_info` says.
    public init(in registry: MetricsRegistry, version: String = SluiceVersion.current) {
        changes = registry.counters(
            "sluice_changes_total", labels: ["kind"],
            help: "Changes received from the source, by kind of object.")
        transactions = registry.counter(
            "sluice_transactions_total", help: "Transactions that the kernel took.")
        transactionMessages = registry.histogram(
            "sluice_transaction_messages", bounds: Self.powers(of: 4, from: 1, count: 9),
            help: "Netlink messages in a transaction.")
        transactionBytes = registry.histogram(
            "sluice_transaction_bytes", bounds: Self.powers(of: 4, from: 256, count: 9),
            help: "Size of a transaction in bytes.")
        commitSeconds = registry.histogram(
            "sluice_commit_seconds", bounds: Self.seconds,
            help: "Time from sending a transaction to the kernel's answer, in seconds.")
        reactionSeconds = registry.histogram(
            "sluice_reaction_seconds", bounds: Self.seconds,
            help: "Time from the receipt of a change to its being in force, in seconds.")
        errors = registry.counters(
            "sluice_errors_total", labels: ["stage"], help: "Errors by where they arose.")
        consecutiveFailures = registry.gauge(
            "sluice_consecutive_failures", help: "Commits that failed in a row.")
        lastSuccessTimestamp = registry.gauge(
            "sluice_last_success_timestamp_seconds",
            help:
                "When the kernel last had what is wanted, in seconds since 1970; 0 before the first time."
        )
        driftRepaired = registry.counter(
            "sluice_drift_repaired_total",
            help: "Times that others changed the table and it was put right.")
        driftSeconds = registry.histogram(
            "sluice_drift_seconds", bounds: Self.seconds,
            help: "Time from the notice of a foreign change to its repair, in seconds.")
        objects = registry.gauges(
            "sluice_objects", labels: ["kind"], help: "Objects of the cluster by kind.")
        kernelObjects = registry.gauges(
            "sluice_kernel_objects", labels: ["kind"],
            help: "What the kernel's table inet sluice holds, by kind.")
        governedEndpoints = registry.gauge(
            "sluice_governed_endpoints", help: "Pods of this node that policies govern.")
        placedPods = registry.gauge(
            "sluice_placed_pods",
            help: "Pods of this node whose interfaces are known by their routes.")
        podFiles = registry.gauge(
            "sluice_pod_files",
            help: "Pods of this node with a file that says that their policies are in force.")
        inSync = registry.gauge(
            "sluice_in_sync", help: "1 once everything of the source has been read, otherwise 0.")
        inForce = registry.gauge(
            "sluice_in_force",
            help: "1 while the kernel has what the last good input wants, otherwise 0.")
        owner = registry.gauge(
            "sluice_owner", help: "1 while the kernel keeps others from changing the table.")
        rulesetReads = registry.counters(
            "sluice_ruleset_reads_total", labels: ["scope"],
            help: "Reads of the kernel's table: the whole of it, or parts.")
        staleGenerations = registry.counter(
            "sluice_stale_generations_total",
            help: "Commits refused because the ruleset had changed since it was read.")
        inputProblems = registry.gauge(
            "sluice_input_problems", help: "Errors in the newest input.")
        sourceContacts = registry.gauges(
            "sluice_source_last_contact_timestamp_seconds", labels: ["kind"],
            help:
                "When the source's server last said anything about a kind of objects, in seconds since 1970; 0 before the first time."
        )
        staleKinds = registry.gauge(
            "sluice_source_stale_kinds",
            help: "Kinds of objects that the source cannot follow, or whose server is silent.")
        proofs = registry.counters(
            "sluice_proofs_total", labels: ["outcome", "scope"],
            help:
                "Proofs that the kernel does what the policies say, by outcome, of everything or after a change."
        )
        proved = registry.gauge(
            "sluice_proved",
            help:
                "1 while it is proved that the kernel does what the policies say; 0 where it is not, or --verify is off."
        )
        proofTimestamp = registry.gauge(
            "sluice_proof_timestamp_seconds",
            help: "When the latest proof was tried, in seconds since 1970; 0 before the first.")
        proofSeconds = registry.histograms(
            "sluice_proof_seconds", labels: ["scope"], bounds: Self.seconds,
            help: "Time that proofs took, in seconds, of everything or after a change.")
        Self.declareProcess(in: registry)
        registry.gauges(
            "sluice_build_info", labels: ["version"], help: "1, with the version as label.")[
                version
            ].set(1)
        declareLabels()
    }

    /// Counts an error.
    public func count(errorIn stage: Stage) { errors[stage.rawValue].increment() }

    /// Counts a read of the table.
    public func count(read scope: ReadScope) { rulesetReads[scope.rawValue].increment() }

    /// Counts a proof.
    func count(proof outcome: VerificationReport.Outcome, _ scope: ProofResult.Scope) {
        proofs[outcome.rawValue, scope.rawValue].increment()
    }

    /// Takes note of when a source was last heard of.
    func set(_ contacts: [KindContact], now: Date) {
        for contact in contacts {
            // To the tenth of a second, so that what has not changed reads the same.
            let time = contact.age.map { now.timeIntervalSince1970 - $0.inSeconds } ?? 0
            sourceContacts[contact.resource].set((time * 10).rounded() / 10)
        }
        staleKinds.set(contacts.count(where: \.isStale))
    }

    /// Says how many of these the table holds.
    public func set(_ kind: KernelObject, to count: Int) { kernelObjects[kind.rawValue].set(count) }

    /// Known labels stand at 0 from the start: a rate needs a sample before the first event.
    private func declareLabels() {
        for stage in Stage.allCases { _ = errors[stage.rawValue] }
        for scope in ReadScope.allCases { _ = rulesetReads[scope.rawValue] }
        for scope in ProofResult.Scope.allCases {
            for outcome in [VerificationReport.Outcome.proved, .different, .notProved] {
                _ = proofs[outcome.rawValue, scope.rawValue]
            }
        }
        for kind in KernelObject.allCases { _ = kernelObjects[kind.rawValue] }
    }

    private static func declareProcess(in registry: MetricsRegistry) {
        registry.readGauge(
            "process_resident_memory_bytes", help: "Physical memory of the process in bytes."
        ) { ProcessStatistics()?.residentBytes }
        registry.readCounter(
            "process_cpu_seconds_total", help: "User and system processor time in seconds."
        ) { ProcessStatistics()?.processorSeconds }
        registry.readGauge(
            "process_start_time_seconds", help: "Start of the process in seconds since 1970."
        ) { ProcessStatistics()?.startTime }
        registry.readGauge("process_open_fds", help: "Open file descriptors.") {
            ProcessStatistics()?.openDescriptors.map(Double.init)
        }
    }

    /// 10 µs to 10 s, three bounds for each power of ten.
    static let seconds: [Double] = [
        0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
        0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private static func powers(of base: Double, from first: Double, count: Int) -> [Double] {
        (0..<count).reduce(into: []) { bounds, _ in
            bounds.append((bounds.last ?? first / base) * base)
        }
    }
}
