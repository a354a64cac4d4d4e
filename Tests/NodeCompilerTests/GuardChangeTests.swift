// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import Testing

/// Interfaces of workloads that become known, or no longer are.
@Suite struct GuardChangeTests {
    @Test("S90: interfaces that come and go change elements, and chains beside those that stand")
    func follows() throws {
        var parts = 0
        var wholes = 0
        for seed in 0..<24 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let live = LiveCompilation(node: WorldGenerator.localNode)
            var table = live.table
            var former = ClusterState(tiers: [])
            var interfaces: [EndpointID: String] = [:]
            for batch in ChangeSequence(seed: seed, style: .tiered) {
                var state = batch.state
                // Host endpoints' chains look into the places of workloads where this is set.
                if seed % 2 == 1 {
                    state.configurations = [
                        NodeConfiguration(name: "default", endpointToHost: .accept)
                    ]
                }
                for index in state.endpoints.indices where state.endpoints[index].isPoliced {
                    let id = state.endpoints[index].id
                    guard state.endpoints[index].node == WorldGenerator.localNode else { continue }
                    if random.chance(25) {
                        interfaces[id] =
                            random.chance(70) ? "veth\(random.number(in: 0...9))" : nil
                    }
                    guard let interface = interfaces[id] else { continue }
                    state.endpoints[index].particulars = EndpointParticulars(interface: interface)
                }
                let outcome = live.apply(random.shuffled(former.changes(to: state)))
                former = state
                let scratch = NodeCompilation(state, node: WorldGenerator.localNode).table
                #expect(
                    live.table.withoutCapacities == scratch.withoutCapacities, "seed \(seed)")
                switch outcome {
                case .change(let change):
                    parts += 1
                    let next = try #require(
                        table.applying(change), "seed \(seed): the change does not fit")
                    #expect(
                        next.withoutCapacities == live.table.withoutCapacities, "seed \(seed)")
                    table = next
                case .whole:
                    wholes += 1
                    table = live.table
                }
            }
        }
        #expect(parts > 3 * wholes, "\(parts) changes, \(wholes) wholes")
    }

    @Test("S90: a pod whose interface is no longer known loses its guard with its other elements")
    func together() throws {
        let cluster = LargeCluster(pods: 500, policies: 50, localPods: 20)
        var state = cluster.state()
        for index in state.endpoints.indices
        where state.endpoints[index].node == LargeCluster.localNode {
            state.endpoints[index].particulars = EndpointParticulars(interface: "veth\(index)")
        }
        let live = LiveCompilation(node: LargeCluster.localNode)
        _ = live.apply(state.asChanges)
        var pod = try #require(state.endpoints.first { $0.node == LargeCluster.localNode })
        pod.particulars = nil
        let former = pod.addresses
        pod.addresses = former.map { $0.family == .ipv4 ? .ipv4(0x0aff_0001) : $0 }
        #expect(pod.addresses != former)
        guard case .change(let change) = live.apply([.endpoint(pod.id, pod)]) else {
            Issue.record("the whole table is asked for")
            return
        }
        let names = Set(change.elements.map(\.set.name))
        #expect(names.contains("guards"))
        #expect(names.contains { $0.hasPrefix("ingress") || $0.hasPrefix("egress") })
        #expect(change.newChains.isEmpty)
        #expect(change.goneChains.count == 1)
    }
}
