// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Logging
import NftablesModel
import PolicyModel
import PolicyVerification

/// When the kernel's table is compared with the policies, and what came of it.
struct ProofWatch {
    private let prover: Prover
    private let metrics: AgentMetrics
    private let logger: Logger
    /// A comparison besides those that come by themselves is to come.
    private var isDemanded = false
    /// A table is being compared: another one, told before that ends, would only wait and take memory.
    private(set) var isComparing = false
    /// What came of the latest proof; nil where none was tried.
    private(set) var latest: AgentStatus.Proof?

    /// Nothing has been compared yet.
    init(_ prover: Prover, metrics: AgentMetrics, logger: Logger) {
        self.prover = prover
        self.metrics = metrics
        self.logger = logger
    }

    /// Says what has changed.
    func tell(_ changes: [ClusterChange], elements: [TableChange.ElementChange]?) {
        prover.tell(.change(changes, elements: elements))
    }

    /// Asks for a comparison out of turn.
    ///
    /// - Returns: whether it has to be arranged for; otherwise one is to come already.
    mutating func demand() -> Bool {
        defer { isDemanded = true }
        return !isDemanded
    }

    /// The comparison that was asked for has its turn.
    mutating func meetDemand() { isDemanded = false }

    /// Has what stands in the kernel compared.
    mutating func compare(_ observed: ObservedTable) {
        isComparing = true
        prover.tell(.table(observed))
    }

    /// Takes note of what came of a proof.
    ///
    /// - Returns: false if only a comparison of everything can tell.
    mutating func note(_ result: ProofResult) -> Bool {
        if result.scope == .whole { isComparing = false }
        guard let outcome = result.outcome else { return false }
        metrics.count(proof: outcome, result.scope)
        metrics.proofSeconds[result.scope.rawValue].observe(result.duration)
        metrics.proved.set(outcome == .proved ? 1 : 0)
        metrics.proofTimestamp.set(Date().timeIntervalSince1970)
        let former = latest
        latest = AgentStatus.Proof(
            outcome: outcome.rawValue, time: Date(), findings: result.findings)
        if former?.outcome != outcome.rawValue || former?.findings != result.findings {
            log(result, outcome)
        }
        return true
    }

    private func log(_ result: ProofResult, _ outcome: VerificationReport.Outcome) {
        guard outcome != .proved else {
            logger.info("proved: the kernel does what the policies say")
            return
        }
        for finding in result.findings {
            logger.error(
                outcome == .different
                    ? "the kernel does something else than the policies say"
                    : "it is not proved that the kernel does what the policies say",
                metadata: ["finding": "\(finding)"])
        }
    }
}
