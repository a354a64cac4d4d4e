// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NodeCompiler
import PolicyTestKit

/// Compile time alone, from decoded objects to the wanted table: in clusters of growing size, and
/// under Calico's tiers.
struct RenderBenchmark {
    let report: Report
    let runs: Int

    func run() {
        var previous: (size: Int, median: Double)?
        for size in [1_000, 10_000, 100_000] {
            let state = LargeCluster(pods: size, policies: size / 10, localPods: 110).state()
            let sample = Sample(runs: runs) {
                _ = NodeCompilation(state, node: LargeCluster.localNode)
            }
            report.print(
                .init(name: "\(size) pods, \(size / 10) policies", unit: "ms", ours: sample))
            if let previous {
                let growth = sample.median / previous.median
                report.note(
                    "input grew \(size / previous.size) times, time \(growth.rounded(to: 2)) times")
            }
            previous = (size, sample.median)
        }
        renderTiers()
    }

    /// The cluster of Calico's tiers that `load` commits.
    private func renderTiers() {
        let state = TieredCluster.standard.state()
        let sample = Sample(runs: runs) {
            _ = NodeCompilation(state, node: TieredCluster.localNode)
        }
        report.print(
            .init(
                name:
                    "tiers: \(state.policies.count) policies, \(state.networkSets.count) network sets",
                unit: "ms", ours: sample))
    }
}

extension Double {
    func rounded(to digits: Int) -> Double {
        var factor = 1.0
        for _ in 0..<digits { factor *= 10 }
        return (self * factor).rounded() / factor
    }
}
