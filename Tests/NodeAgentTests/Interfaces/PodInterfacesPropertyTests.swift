// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import NodeAgent
import PolicyModel
import Testing

@Suite struct PodInterfacesPropertyTests {
    @Test("S90: followed change by change, routes tell the same as from scratch")
    func agrees() {
        var certain = 0
        var anew = 0
        for seed in 0..<60 as Range<UInt64> {
            var world = RoutingWorld(seed: seed)
            var live = PodInterfaces(node: "alpha")
            // What the cluster looks like to whoever takes all changes.
            var told: [EndpointID: Endpoint] = [:]
            func take(_ changes: [ClusterChange]) {
                for case .endpoint(let id, let value) in changes { told[id] = value }
            }
            take(live.put(world.snapshot))
            for step in 0..<120 {
                if step % 2 == 0 {
                    let before = world.endpoints
                    take(
                        live.complete(world.changePods()) { address in
                            before.values.filter {
                                $0.isPoliced && $0.addresses.contains(address)
                            }.map(\.id)
                        })
                } else if let changes = live.apply(world.changeRouting()) {
                    take(changes)
                } else {
                    anew += 1
                    take(live.put(world.snapshot))
                }
                let endpoints = Array(world.endpoints.values)
                let wanted = PodInterfaces.interfaces(
                    of: endpoints, onNode: "alpha", routing: world.snapshot)
                #expect(live.interfaces == wanted, "seed \(seed), step \(step)")
                var state = ClusterState(endpoints: endpoints)
                state.place(podsOf: "alpha", by: world.snapshot)
                let placed = Dictionary(uniqueKeysWithValues: state.endpoints.map { ($0.id, $0) })
                #expect(told == placed, "seed \(seed), step \(step)")
                certain += wanted.count
                if live.interfaces != wanted || told != placed { return }
            }
        }
        #expect(certain > 500)
        #expect(anew < 600, "most changes are followed one by one")
    }
}
