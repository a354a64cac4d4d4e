// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import NodeAgent
import NodeCompiler
import PolicyModel
import PolicyTestKit
import Synchronization
import Testing

/// What the agent's prover makes of what it is told.
@Suite struct ProverTests {
    private static let state = LargeCluster(pods: 200, policies: 20, localPods: 10).state()

    private func results(of news: [Prover.News]) async -> [ProofResult] {
        let prover = Prover(node: LargeCluster.localNode)
        for item in news { prover.tell(item) }
        let results = Mutex<[ProofResult]>([])
        let work = Task {
            await prover.run { result in results.withLock { $0.append(result) } }
        }
        for _ in 0..<500 where results.withLock({ $0.count }) < news.count {
            try? await Task.sleep(for: .milliseconds(20))
        }
        work.cancel()
        return results.withLock { $0 }
    }

    private func observed(_ table: Table) -> ObservedTable {
        ObservedTable(table: table, rules: [:], generation: 1)
    }

    @Test func theRightTableIsProved() async {
        let table = NodeCompilation(Self.state, node: LargeCluster.localNode).table
        let results = await results(of: [
            .change(Self.state.asChanges, elements: nil), .table(observed(table)),
        ])
        #expect(results.map(\.outcome) == [nil, .proved])
        #expect(results.last?.findings == [])
    }

    @Test func aWrongTableIsDifferentInWords() async throws {
        var table = NodeCompilation(Self.state, node: LargeCluster.localNode).table
        let isolated = try #require(table.chains.firstIndex { $0.name == "isolated" })
        table.chains[isolated].rules = []
        let results = await results(of: [
            .change(Self.state.asChanges, elements: nil), .table(observed(table)),
        ])
        #expect(results.last?.outcome == .different)
        #expect(results.last?.findings.first?.contains("policies deny") == true)
        #expect(results.last?.findings.first?.contains("the kernel accepts") == true)
    }

    @Test func noTableIsDifferentToo() async {
        let results = await results(of: [
            .change(Self.state.asChanges, elements: nil), .table(nil),
        ])
        #expect(results.last?.outcome == .different)
    }
}
