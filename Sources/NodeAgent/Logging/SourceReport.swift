// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Logging

/// Tells the log and the metrics what is wrong with the source's input, once each.
struct SourceReport {
    private let metrics: AgentMetrics
    private let logger: Logger
    /// What is wrong now.
    private(set) var problems: [SourceProblem] = []

    /// Nothing is wrong yet.
    init(metrics: AgentMetrics, logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    /// Tells what is new.
    ///
    /// - Parameter isInSync: whether everything has been read once before.
    mutating func tell(_ update: SourceUpdate, isInSync: Bool) {
        for warning in update.warnings { logger.warning("\(warning.text)") }
        let known = Set(problems)
        for problem in update.problems where !known.contains(problem) {
            metrics.count(errorIn: .source)
            logger.error(
                isInSync
                    ? "bad input; its last good content stays in force"
                    : "bad input; nothing is written before all of it is good",
                metadata: ["path": "\(problem.path)", "problem": "\(problem.text)"])
        }
        // What is said of a place in other words than before is not good again.
        let present = Set(update.problems.map(\.path))
        for problem in problems where !present.contains(problem.path) {
            logger.info("input is good again", metadata: ["path": "\(problem.path)"])
        }
        problems = update.problems
        metrics.inputProblems.set(problems.count)
    }
}
