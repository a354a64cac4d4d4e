// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import RulesetDiff

/// Random clusters, each judged in three ways that share no code: the reference evaluator, which is
/// written from the policy APIs' documentation; the interpreted ruleset; and the kernel, which real
/// packets pass or do not.
///
/// Half of the worlds of Calico's objects are printed as manifests, and what is read from these is put in
/// force; the reference evaluator judges the world itself.
///
/// The worlds follow each other in one namespace, so that each is put in force as a change of the
/// one before. Beside it the same packets pass a node without rules: one that does not come through
/// there would prove nothing. And the verification must prove the table as it is read from the kernel,
/// also where the interfaces of workloads are known, by which no packets come here.
public struct Campaign {
    /// The seed of the first world; the others follow one by one.
    public var seed: UInt64
    /// How many worlds.
    public var worlds: Int
    /// How many packets are drawn for each; some are not routable and are left out.
    public var packets = 1_000
    /// After how many differences to stop.
    public var mostDifferences = 1
    /// What happens to the policed node between the change and the packets: nothing, unless a test
    /// wants to see that it is noticed.
    public var interference: (PolicyTestKit.NetworkNamespace) throws -> Void = { _ in }

    /// A campaign over so many worlds.
    public init(seed: UInt64, worlds: Int) {
        self.seed = seed
        self.worlds = worlds
    }

    /// Carries it out.
    ///
    /// - Parameter progress: is told of each world when it has been judged.
    /// - Throws: if it could not be carried out.
    public func run(progress: (CampaignReport) -> Void = { _ in }) throws -> CampaignReport {
        var report = CampaignReport(firstSeed: seed)
        let start = ContinuousClock.now
        let bench = try CampaignBench()
        // So that a world alone is put in force as it is among others.
        try bench.enforce(CampaignWorld(seed: seed &- 1, packets: 0).compiled)
        for offset in 0..<UInt64(worlds) {
            let world = CampaignWorld(seed: seed &+ offset, packets: packets)
            try bench.prove(world, &report)
            let wanted = try bench.enforce(world.compiled)
            try interference(bench.node)
            try bench.judge(world, by: wanted, &report)
            report.seconds = (ContinuousClock.now - start) / .seconds(1)
            progress(report)
            if report.differences.count >= mostDifferences { break }
        }
        return report
    }
}
