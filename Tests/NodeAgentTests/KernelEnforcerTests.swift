// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import NodeAgent
import PolicyModel
import PolicyTestKit
import RulesetDiff
import Testing

/// The enforcer with the kernel's own ruleset, in a namespace of its own.
@Suite struct KernelEnforcerTests {
    private let namespace: PolicyTestKit.NetworkNamespace
    private let port: KernelPort
    private let reader: KernelRuleset

    init() throws {
        namespace = try PolicyTestKit.NetworkNamespace("enforcer")
        let place = NetfilterKernel.NetworkNamespace(path: "/run/netns/\(namespace.name)")
        port = try KernelPort(in: place)
        reader = try KernelRuleset(in: place)
    }

    private var table: Table? {
        get throws { try reader.read(table: Table.sluiceName)?.table }
    }

    @Test(
        "the kernel takes any history, and has what is wanted after each change",
        arguments: [false, true])
    func followsHistory(claims: Bool) throws {
        let enforcer = Enforcer(node: WorldGenerator.localNode, port: port, claims: claims)
        try enforcer.settle()
        for seed in 0..<6 as Range<UInt64> {
            for batch in ChangeSequence(seed: seed, style: .tiered, worlds: 3) {
                try enforcer.enforce(batch.changes)
                try enforcer.clear()
                #expect(try table == enforcer.wanted)
            }
            // The next history begins with nothing.
            try enforcer.enforce(removals(seed))
        }
        let record = enforcer.takeRecord()
        #expect(record.wholeReads == 1, "in good times nothing is read")
        #expect(record.drifts.isEmpty)
        #expect(enforcer.isOwner == claims)
    }

    private func removals(_ seed: UInt64) -> [ClusterChange] {
        var last = ClusterState(tiers: [])
        for batch in ChangeSequence(seed: seed, style: .tiered, worlds: 3) { last = batch.state }
        return last.changes(to: ClusterState(tiers: []))
    }

    @Test("a table that was made for everybody is made anew where it has to be one's own")
    func demandsOwnership() throws {
        let state = WorldGenerator(seed: 4, size: 20).world()
        let first = Enforcer(node: WorldGenerator.localNode, port: port, claims: false)
        first.absorb(state.asChanges)
        try first.settle()
        #expect(!first.isOwner)
        let second = Enforcer(
            node: WorldGenerator.localNode, port: port, claims: true, demandsOwnership: true)
        second.absorb(state.asChanges)
        try second.settle()
        #expect(second.isOwner && second.isSettled)
        #expect(try table == second.wanted)
        #expect(throws: NetlinkError.self) { try reader.deleteTable(Table.sluiceName) }
    }

    @Test("sets that grow beyond their room keep counters and other rules as they are")
    func grows() throws {
        let enforcer = Enforcer(node: LargeCluster.localNode, port: port, claims: false)
        let cluster = LargeCluster(pods: 500, policies: 20, localPods: 10).state()
        enforcer.absorb(cluster.asChanges)
        try enforcer.settle()
        let before = try #require(try reader.read(table: Table.sluiceName))
        var pod = try #require(cluster.endpoints.last)
        for number in 0..<600 {
            pod.id.name = "newcomer-\(number)"
            pod.addresses = [.ipv4(0x0aff_0000 + UInt32(number))]
            try enforcer.enforce([.endpoint(pod.id, pod)])
        }
        let after = try #require(try reader.read(table: Table.sluiceName))
        #expect(after.table == enforcer.wanted)
        let kept = before.rules.filter {
            after.rules[$0.key]?.map(\.handle) == $0.value.map(\.handle)
        }
        // Only the chains that look into the grown sets have new rules.
        #expect(kept.count > before.rules.count * 3 / 4)
        #expect(enforcer.takeRecord().wholeReads == 1)
    }
}
