// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyTestKit
import Testing
import VerificationTestKit

/// The verification on tables that somebody with nft has changed in the kernel.
@Suite(.needsNamespaces, .serialized)
struct MutationTests {
    @Test(
        "Every mutation that changes a packet's fate is found, every other one is proved harmless")
    func mutations() throws {
        var report = MutationReport()
        for seed in UInt64(1)...10 {
            let style: WorldGenerator.Style = seed.isMultiple(of: 2) ? .tiered : .kubernetes
            let bench = try MutationBench(
                WorldGenerator(seed: seed, style: style).world(), node: WorldGenerator.localNode,
                seed: seed)
            try bench.run(50, &report)
        }
        let cluster = LargeCluster(pods: 400, policies: 50, localPods: 20)
        let bench = try MutationBench(cluster.state(), node: LargeCluster.localNode, seed: 11)
        try bench.run(40, &report)
        print(report.text)
        #expect(report.failures.isEmpty)
        #expect(report.mutations >= 500)
        #expect(report.changing > 150 && report.harmless > 100)
    }
}
