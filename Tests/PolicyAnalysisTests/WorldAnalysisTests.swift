// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

@testable import PolicyAnalysis

/// Every analysis comes to an end on clusters with all that policies can say.
struct WorldAnalysisTests {
    @Test(arguments: WorldGenerator.Style.allCases)
    func everyWorldCanBeAnalysed(style: WorldGenerator.Style) {
        for seed in UInt64(1)...50 {
            let state = WorldGenerator(seed: seed, style: style).world()
            let cluster = AnalysedCluster(state)
            let reachability = Reachability(cluster)
            #expect(reachability.peers.count > 1, "seed \(seed)")
            #expect(
                !MatrixTable(reachability, of: cluster).text(width: 100).isEmpty, "seed \(seed)")
            var bytes = 0
            MatrixPage(reachability, of: cluster).write { bytes += $0.count }
            #expect(bytes > 10_000, "seed \(seed)")
            let impact = Impact(from: reachability, to: reachability)
            #expect(impact.isEmpty, "seed \(seed): \(ImpactText(impact).text)")
        }
    }
}
