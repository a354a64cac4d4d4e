// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import Testing

/// What is kept up to date must be what compiling anew gives, and each change must lead from the one
/// to the next.
@Suite struct LiveCompilationTests {
    static let histories = (0..<30).map { UInt64($0) }

    @Test("any history ends in the table of a compilation from scratch", arguments: histories)
    func followsHistory(seed: UInt64) throws {
        let live = LiveCompilation(node: WorldGenerator.localNode)
        var table = live.table
        for batch in ChangeSequence(seed: seed) {
            guard case .change(let change) = live.apply(batch.changes) else {
                Issue.record("a collision of names")
                return
            }
            let scratch = NodeCompilation(batch.state, node: WorldGenerator.localNode).table
            let next = try #require(table.applying(change), "the change does not fit")
            #expect(next.withoutCapacities == live.table.withoutCapacities)
            #expect(live.table.withoutCapacities == scratch.withoutCapacities)
            #expect(live.table.hasRoom)
            table = next
        }
    }

    @Test("any history of Calico's objects does too", arguments: histories)
    func followsCalicoHistory(seed: UInt64) throws {
        let live = LiveCompilation(node: WorldGenerator.localNode)
        var table = live.table
        for batch in ChangeSequence(seed: seed, style: .calico) {
            let scratch = NodeCompilation(batch.state, node: WorldGenerator.localNode).table
            switch live.apply(batch.changes) {
            case .change(let change):
                let next = try #require(table.applying(change), "the change does not fit")
                #expect(next.withoutCapacities == live.table.withoutCapacities)
                table = next
            case .whole: table = live.table
            }
            #expect(live.table.withoutCapacities == scratch.withoutCapacities)
            #expect(live.table.hasRoom)
        }
    }

    @Test("the order and grouping of changes do not matter", arguments: 0..<30 as Range<UInt64>)
    func anyOrder(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let state = WorldGenerator(seed: seed, style: .tiered).world()
        let together = LiveCompilation(node: WorldGenerator.localNode)
        _ = together.apply(state.asChanges)
        let apart = LiveCompilation(node: WorldGenerator.localNode)
        for change in random.shuffled(state.asChanges) { _ = apart.apply([change]) }
        #expect(together.table.withoutCapacities == apart.table.withoutCapacities)
        for change in random.shuffled(state.asChanges) {
            _ = apart.apply([change.removal])
        }
        #expect(
            apart.table.withoutCapacities
                == LiveCompilation(node: "nowhere").table.withoutCapacities)
    }

    @Test("a pod of another node changes elements of sets, and nothing else")
    func remotePod() throws {
        let cluster = LargeCluster(pods: 1_000, policies: 100, localPods: 20)
        let live = LiveCompilation(node: LargeCluster.localNode)
        _ = live.apply(cluster.state().asChanges)
        var pod = cluster.state().endpoints.last!
        pod.id.name = "newcomer"
        pod.addresses = [.ipv4(0x0aff_0001)]
        guard case .change(let change) = live.apply([.endpoint(pod.id, pod)]) else {
            Issue.record("a collision of names")
            return
        }
        var expected = TableChange()
        expected.elements = change.elements
        #expect(change == expected)
        #expect(!change.elements.isEmpty)
        #expect(change.elements.allSatisfy { $0.added == .ipv4([0x0aff_0001]) })
        #expect(change.elements.allSatisfy { $0.deleted.count == 0 })
    }

    @Test("what changes back within a batch is no change")
    func unchanged() throws {
        let state = WorldGenerator(seed: 5).world()
        let live = LiveCompilation(node: WorldGenerator.localNode)
        _ = live.apply(state.asChanges)
        let back = state.asChanges.map(\.removal) + state.asChanges
        guard case .change(let change) = live.apply(back) else {
            Issue.record("a collision of names")
            return
        }
        #expect(change.isEmpty)
    }
}

extension ClusterChange {
    /// The object goes.
    fileprivate var removal: ClusterChange {
        switch self {
        case .namespace(let name, _): .namespace(name, nil)
        case .node(let name, _): .node(name, nil)
        case .endpoint(let id, _): .endpoint(id, nil)
        case .tier(let name, _): .tier(name, nil)
        case .policy(let id, _): .policy(id, nil)
        case .stagedPolicy(let id, _): .stagedPolicy(id, nil)
        case .profile(let name, _): .profile(name, nil)
        case .serviceAccount(let id, _): .serviceAccount(id, nil)
        case .networkSet(let id, _): .networkSet(id, nil)
        case .serviceSlice(let id, _): .serviceSlice(id, nil)
        case .configuration(let name, _): .configuration(name, nil)
        }
    }
}
