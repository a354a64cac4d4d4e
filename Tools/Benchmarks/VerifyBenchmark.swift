// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import RulesetDiff

/// The proof that the kernel does what the policies say: reading the table back, and comparing it
/// with the policies of 110 local pods, in clusters of three sizes; and after single changes.
struct VerifyBenchmark {
    let report: Report
    let runs: Int

    func run() throws {
        var previous: (pods: Int, median: Double)?
        for pods in [1_000, 10_000, 100_000] {
            let median = try measure(
                LargeCluster(pods: pods, policies: pods / 10, localPods: 110))
            if let previous {
                report.note(
                    """
                    input grew \(pods / previous.pods) times, \
                    time \((median / previous.median).rounded(to: 2)) times
                    """)
            }
            previous = (pods, median)
        }
    }

    /// - Returns: the median of reading and proving together, in milliseconds.
    private func measure(_ cluster: LargeCluster) throws -> Double {
        let state = cluster.state()
        let namespace = try PolicyTestKit.NetworkNamespace("verify")
        let ruleset = try KernelRuleset(
            in: NetfilterKernel.NetworkNamespace(path: "/run/netns/\(namespace.name)"))
        let wanted = NodeCompilation(state, node: LargeCluster.localNode).table
        try ruleset.commit(Transaction(from: nil, to: wanted))
        let clock = ContinuousClock()
        var reading: [Double] = []
        var proving: [Double] = []
        var together: [Double] = []
        var scope: VerificationReport.Scope?
        for run in 0...runs {
            var observed: ObservedTable?
            let read = try clock.measure { observed = try ruleset.read(table: wanted.name) }
            var outcome: VerificationReport?
            let prove = clock.measure {
                outcome = Verification(state, localNode: LargeCluster.localNode).verify(observed)
            }
            guard let outcome, outcome.outcome == .proved else {
                throw BenchmarkFailure(text: "\(cluster.pods) pods: not proved")
            }
            scope = outcome.scope
            if run == 0 { continue }
            reading.append(read.milliseconds)
            proving.append(prove.milliseconds)
            together.append(read.milliseconds + prove.milliseconds)
        }
        guard let scope else { return 0 }
        report.note(
            """
            \(cluster.pods) pods: \(scope.rules) rules, \(scope.elements) elements, \
            \(scope.addressClasses) address classes, \(scope.transportAtoms) transport atoms
            """)
        try follow(cluster, state)
        let name = "\(cluster.pods) pods"
        report.print(.init(name: "\(name): read", unit: "ms", ours: Sample(reading)))
        report.print(.init(name: "\(name): prove", unit: "ms", ours: Sample(proving)))
        report.print(.init(name: "\(name): together", unit: "ms", ours: Sample(together)))
        return Sample(together).median
    }

    /// Pods of other nodes that come and go, one at a time: what it costs to know that the proof
    /// still holds, beside what the change itself costs to compile.
    private func follow(_ cluster: LargeCluster, _ state: ClusterState) throws {
        let live = LiveCompilation(node: LargeCluster.localNode)
        let verification = LiveVerification(localNode: LargeCluster.localNode)
        _ = live.apply(state.asChanges)
        _ = verification.apply(state.asChanges, nil)
        let observed = ObservedTable(table: live.table, rules: [:], generation: 0)
        guard verification.verify(observed).outcome == .proved else {
            throw BenchmarkFailure(text: "\(cluster.pods) pods: not proved")
        }
        let clock = ContinuousClock()
        var verifying: [Double] = []
        var compiling: [Double] = []
        var held = 0
        for number in 0..<200 {
            var pod = state.endpoints[state.endpoints.count - 1 - number % 100]
            pod.id.name = "newcomer-\(number)"
            pod.addresses = [.ipv4(0x0af0_0001 + UInt32(number))]
            for change in [ClusterChange.endpoint(pod.id, pod), .endpoint(pod.id, nil)] {
                var outcome: LiveCompilation.Outcome?
                let compile = clock.measure { outcome = live.apply([change]) }
                guard case .change(let tableChange) = outcome else {
                    throw BenchmarkFailure(text: "a collision of names")
                }
                var holds = false
                let verify = clock.measure {
                    holds = verification.apply([change], tableChange.onlyElements)
                }
                compiling.append(compile.microseconds)
                verifying.append(verify.microseconds)
                held += holds ? 1 : 0
            }
        }
        guard held == verifying.count else {
            throw BenchmarkFailure(text: "only \(held) of \(verifying.count) changes held")
        }
        report.print(
            .init(
                name: "\(cluster.pods) pods: one pod comes or goes", unit: "us",
                ours: Sample(verifying), other: Sample(compiling), otherIs: "compiling it"))
    }
}
