// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import NetfilterKernel
import NftablesModel
import PolicyModel
import PolicyTestKit

/// A storm of changes, amid which the agent is killed again and again, while a neighbour changes
/// his own table without pause.
///
/// There are two acts. In the first the agent owns the table. In the second it does not, and in
/// every other round a stranger changes the table meanwhile.
///
/// After each kill, before the restart, the table must decide by one state of the cluster that is
/// not older than the one before (``StateMatch``); where a stranger was at work, that cannot be
/// told. Every few rounds the storm pauses, and a restarted agent must reach the table of the
/// newest state, with nothing left over.
public struct Soak {
    /// How many kills at least; half in each act.
    public var kills = 200
    /// How long at least, in minutes; half in each act.
    public var minutes = 0.0
    /// Determines what changes.
    public var seed: UInt64
    /// Rounds between two convergences.
    public var roundsToConvergence = 8

    /// How long an agent may take to reach the newest state, in a slow build on a busy machine.
    private static let patience = Duration.seconds(30)
    private static let mostViolations = 10

    /// A soak with that seed.
    public init(seed: UInt64) { self.seed = seed }

    /// Carries it out.
    ///
    /// - Parameter progress: is told of each convergence.
    /// - Throws: if it could not be carried out.
    public func run(progress: (SoakReport) -> Void = { _ in }) throws -> SoakReport {
        var report = SoakReport(seed: seed)
        let start = ContinuousClock.now
        for (number, ownership) in ["auto", "monitor"].enumerated() {
            var act = try SoakAct(
                ownership: ownership, seed: seed &+ UInt64(number), report: report,
                random: SeededGenerator(seed: seed &* 31 &+ UInt64(number)))
            let killsToReach = kills * (number + 1) / 2
            let end = start + .seconds(minutes * 30) * (number + 1)
            while act.report.kills < killsToReach || ContinuousClock.now < end {
                for _ in 0..<roundsToConvergence
                where act.report.kills < killsToReach
                    || ContinuousClock.now < end
                {
                    try act.round()
                }
                try act.converge(within: Self.patience)
                act.report.seconds = (ContinuousClock.now - start) / .seconds(1)
                progress(act.report)
                if act.report.violations.count >= Self.mostViolations { break }
            }
            act.end()
            report = act.report
        }
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return report
    }
}
