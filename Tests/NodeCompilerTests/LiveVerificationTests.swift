// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// What is said to be proved after a change must be what comparing everything gives.
@Suite struct LiveVerificationTests {
    private static let node = WorldGenerator.localNode

    @Test(arguments: 0..<30 as Range<UInt64>)
    func whatHoldsOnIsProvedFromScratchToo(seed: UInt64) throws {
        let live = LiveCompilation(node: Self.node)
        let verification = LiveVerification(localNode: Self.node)
        var held = 0
        for batch in ChangeSequence(seed: seed, style: .tiered, isCrowded: seed % 2 == 0) {
            guard case .change(let change) = live.apply(batch.changes) else { return }
            if verification.apply(batch.changes, change.onlyElements) {
                held += 1
                let report = Verification(batch.state, localNode: Self.node).verify(live.table)
                try #require(report.outcome == .proved, "\(report)")
            } else {
                let observed = ObservedTable(table: live.table, rules: [:], generation: 1)
                try #require(verification.verify(observed).outcome == .proved)
            }
        }
        print("seed \(seed): \(held) changes without a new comparison")
    }

    /// An element that the kernel does not get, or gets in vain, is never said to be proved unless
    /// it decides nothing.
    @Test func wrongElementsAreNotProved() throws {
        let cluster = LargeCluster(pods: 400, policies: 40, localPods: 10)
        let base = cluster.state()
        var random = SeededGenerator(seed: 4)
        var refused = 0
        for number in 0..<60 {
            let live = LiveCompilation(node: LargeCluster.localNode)
            let verification = LiveVerification(localNode: LargeCluster.localNode)
            _ = live.apply(base.asChanges)
            _ = verification.apply(base.asChanges, nil)
            let standing = live.table
            let observed = ObservedTable(table: standing, rules: [:], generation: 1)
            try #require(verification.verify(observed).outcome == .proved)
            var pod = base.endpoints[random.number(in: 20...399)]
            pod.id.name = "newcomer"
            pod.addresses = [.ipv4(0x0aff_0001 + UInt32(number))]
            let changes = [ClusterChange.endpoint(pod.id, pod)]
            guard case .change(let change) = live.apply(changes) else { continue }
            var elements = try #require(change.onlyElements)
            guard !elements.isEmpty else { continue }
            elements.remove(at: random.number(in: 0...elements.count - 1))
            let holds = verification.apply(changes, elements)
            refused += holds ? 0 : 1
            var spoilt = TableChange()
            spoilt.elements = elements
            let table = try #require(standing.applying(spoilt))
            var state = base
            state.apply(changes[0])
            let report = Verification(state, localNode: LargeCluster.localNode).verify(table)
            if holds { #expect(report.outcome == .proved) }
        }
        #expect(refused > 20)
    }

    @Test func podsLikeOthersNeedNoComparison() throws {
        let cluster = LargeCluster(pods: 1_000, policies: 100, localPods: 20)
        let state = cluster.state()
        let live = LiveCompilation(node: LargeCluster.localNode)
        let verification = LiveVerification(localNode: LargeCluster.localNode)
        _ = live.apply(state.asChanges)
        #expect(!verification.apply(state.asChanges, nil))
        let observed = ObservedTable(table: live.table, rules: [:], generation: 1)
        #expect(verification.verify(observed).outcome == .proved)
        var pod = state.endpoints.last!
        pod.id.name = "newcomer"
        pod.addresses = [.ipv4(0x0aff_0001)]
        for changes in [
            [ClusterChange.endpoint(pod.id, pod)], [.endpoint(pod.id, nil)],
            [.endpoint(state.endpoints.last!.id, nil)],
        ] {
            guard case .change(let change) = live.apply(changes) else {
                Issue.record("a collision of names")
                return
            }
            #expect(verification.apply(changes, change.onlyElements))
        }
        var local = state.endpoints[0]
        local.labels["app"] = "other"
        let changes = [ClusterChange.endpoint(local.id, local)]
        guard case .change(let change) = live.apply(changes) else { return }
        #expect(!verification.apply(changes, change.onlyElements))
    }
}
