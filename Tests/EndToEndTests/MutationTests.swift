// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
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
            try MutationBench(seed: seed).run(47, &report)
        }
        let cluster = LargeCluster(pods: 400, policies: 50, localPods: 20)
        try MutationBench(cluster.state(), node: LargeCluster.localNode, seed: 11).run(40, &report)
        print("seeds 1 to 11")
        print(report.text)
        #expect(report.failures.isEmpty)
        #expect(report.mutations >= 500)
        #expect(report.changing > 150 && report.harmless > 100)
    }

    @Test("A verification that finds nothing, or always the same, fails this test")
    func wrongVerifications() throws {
        let state = WorldGenerator(seed: 1).world()
        let node = WorldGenerator.localNode
        let verification = Verification(state, localNode: node)
        let wanted = NodeCompilation(state, node: node).table
        for answer in [verification.verify(wanted), verification.verify(nil)] {
            let bench = try MutationBench(state, node: node, seed: 1)
            bench.verify = { _ in answer }
            var report = MutationReport()
            try bench.run(20, &report)
            #expect(!report.failures.isEmpty, "\(answer.outcome)")
        }
    }
}
