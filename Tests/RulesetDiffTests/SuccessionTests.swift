// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import RulesetDiff
import Testing

/// Changes of the wanted table, carried out one after the other by a kernel in memory.
@Suite struct SuccessionTests {
    @Test(
        "any history, cleared at any time, ends in the wanted table",
        arguments: 0..<30 as Range<UInt64>)
    func followsHistory(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let live = LiveCompilation(node: WorldGenerator.localNode)
        var kernel = FakeKernel()
        try kernel.commit(Transaction(from: nil, to: live.table))
        var succession = Succession(table: live.table.name)
        for batch in ChangeSequence(seed: seed) {
            guard case .change(let change) = live.apply(batch.changes) else {
                Issue.record("a collision of names")
                return
            }
            guard let transactions = succession.transactions(for: change) else {
                // Sets that have outgrown their room.
                try kernel.bring(to: live.table)
                live.adoptCapacities(of: try #require(kernel.observed?.table))
                succession.forgetLeftovers()
                continue
            }
            #expect(transactions.count <= 2)
            for transaction in transactions { try kernel.commit(transaction) }
            let standing = succession.standing(with: live.table)
            #expect(kernel.observed?.table.sorted.withoutCapacities == standing.withoutCapacities)
            if random.chance(30), let clearing = succession.clearing() {
                try kernel.commit(clearing)
                succession.forgetLeftovers()
            }
        }
        if let clearing = succession.clearing() { try kernel.commit(clearing) }
        #expect(
            kernel.observed?.table.sorted.withoutCapacities == live.table.withoutCapacities)
    }

    @Test("a policy that changes back and forth takes back what it left")
    func takesBack() throws {
        let cluster = LargeCluster(pods: 200, policies: 20, localPods: 10)
        let state = cluster.state()
        let live = LiveCompilation(node: LargeCluster.localNode)
        _ = live.apply(state.asChanges)
        var kernel = FakeKernel()
        try kernel.commit(Transaction(from: nil, to: live.table))
        var succession = Succession(table: live.table.name)
        let original = try #require(state.policies.first { !($0.ingress ?? []).isEmpty })
        var edited = original
        edited.ingress!.append(Rule(.allow, ports: .only([.numbers(.tcp, 9_999...9_999)])))
        var counts: [Int] = []
        for policy in [edited, original, edited, original] {
            guard case .change(let change) = live.apply([.policy(policy.id, policy)]) else {
                return
            }
            let planned = succession.transactions(for: change)
            let transactions = try #require(planned)
            for transaction in transactions { try kernel.commit(transaction) }
            counts.append(transactions.count)
        }
        // Made once; then only the elements that lead to it change.
        #expect(counts == [2, 1, 1, 1])
    }

    @Test("a leftover with too little room for what comes is not taken back")
    func roomOfLeftovers() throws {
        func change(_ elements: Range<UInt32>, _ capacity: UInt32) -> NamedSet {
            NamedSet(
                name: "pods4", key: [.ipv4Address], capacity: capacity,
                elements: .ipv4(Array(elements)))
        }
        for (capacity, isTakenBack) in [(64 as UInt32, true), (128, false)] {
            var succession = Succession(table: "sluice")
            var going = TableChange()
            going.goneSets = [change(0..<10, 64)]
            _ = succession.transactions(for: going)
            var coming = TableChange()
            coming.newSets = [change(0..<40, capacity)]
            #expect((succession.transactions(for: coming) != nil) == isTakenBack)
        }
    }

    @Test("one endpoint elsewhere is one message for each set that it joins")
    func oneMessage() throws {
        let cluster = LargeCluster(pods: 1_000, policies: 100, localPods: 20)
        let live = LiveCompilation(node: LargeCluster.localNode)
        _ = live.apply(cluster.state().asChanges)
        var succession = Succession(table: live.table.name)
        var pod = cluster.state().endpoints.last!
        pod.id.name = "newcomer"
        pod.addresses = [.ipv4(0x0aff_0001)]
        guard case .change(let change) = live.apply([.endpoint(pod.id, pod)]) else { return }
        let planned = succession.transactions(for: change)
        let transactions = try #require(planned)
        #expect(transactions.count == 1)
        #expect(transactions[0].steps.count == change.elements.count)
        #expect(!succession.hasLeftovers)
    }
}

extension FakeKernel {
    fileprivate mutating func bring(to wanted: Table) throws {
        while true {
            let migration = Migration(from: observed, to: wanted)
            for transaction in migration.transactions { try commit(transaction) }
            if migration.isComplete { return }
        }
    }
}
