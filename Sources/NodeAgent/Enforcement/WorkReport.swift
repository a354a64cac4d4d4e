// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Logging
import NftablesModel

/// Tells the log and the metrics what was done on the kernel's table, and counts what stands there.
struct WorkReport {
    private let metrics: AgentMetrics
    private let logger: Logger
    private var objects = KernelObjectCount()

    /// Nothing was done yet.
    init(metrics: AgentMetrics, logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    /// Takes what stands in the kernel for certain.
    mutating func count(_ table: Table) { objects = KernelObjectCount(table) }

    /// Tells what was done.
    ///
    /// - Parameter table: what stands in the kernel, where all of it was read and is as it should be; nil
    ///   where it is known by what has changed.
    mutating func tell(_ record: WorkRecord, table: Table?) {
        for commit in record.commits { tell(commit) }
        for drift in record.drifts {
            metrics.driftRepaired.increment()
            metrics.driftSeconds.observe(drift.duration)
            logger.warning(
                "others had changed the table; it was put right", metadata: drift.metadata)
        }
        for _ in 0..<record.wholeReads { metrics.count(read: .whole) }
        for _ in 0..<record.partialReads { metrics.count(read: .part) }
        for _ in 0..<record.staleGenerations { metrics.staleGenerations.increment() }
        if let table { count(table) } else { objects.add(record.summary) }
        if !record.commits.isEmpty || record.wholeReads > 0 {
            metrics.set(.chains, to: objects.chains)
            metrics.set(.rules, to: objects.rules)
            metrics.set(.sets, to: objects.sets)
            metrics.set(.elements, to: objects.elements)
        }
    }

    private func tell(_ commit: WorkRecord.Commit) {
        metrics.transactions.increment()
        metrics.transactionMessages.observe(Double(commit.receipt.messageCount))
        metrics.transactionBytes.observe(Double(commit.receipt.byteCount))
        metrics.commitSeconds.observe(commit.duration)
        logger.log(
            level: commit.summary.touchesElementsOnly ? .debug : .info, "committed",
            metadata: [
                "changed": "\(commit.summary)",
                "for": "\(commit.reasons.joined(separator: "; "))",
                "messages": "\(commit.receipt.messageCount)",
                "microseconds": "\(Int(commit.duration.inSeconds * 1e6))",
                "generation": "\(commit.receipt.generation.map(String.init) ?? "unknown")",
            ])
    }
}

extension WorkRecord.Drift {
    fileprivate var metadata: Logger.Metadata {
        let names = culprits.map { "\($0.name)[\($0.process)]" }.joined(separator: " ")
        let touched =
            parts.isEverything
            ? "unknown parts" : (parts.chains.sorted() + parts.sets.sorted()).joined(separator: " ")
        return [
            "by": "\(names.isEmpty ? "unknown" : names)", "touched": "\(touched)",
            "repaired": "\(repair)", "microseconds": "\(Int(duration.inSeconds * 1e6))",
        ]
    }
}
