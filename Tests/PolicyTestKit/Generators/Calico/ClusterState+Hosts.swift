// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension ClusterState {
    /// The same state with host endpoints on the local node, by name, by address and for all
    /// interfaces, and policies for them; of the style ``WorldGenerator/Style/calico``.
    public func withHosts(seed: UInt64) -> ClusterState {
        var random = SeededGenerator(seed: seed)
        var state = self
        let addresses = nodes.first { $0.name == WorldGenerator.localNode }?.addresses ?? []
        let places: [(interface: String?, addresses: [IPAddress])] = [
            ("eth0", []), ("eth1", addresses), (nil, addresses), ("*", []),
        ]
        for (number, place) in places.enumerated() where random.chance(50) {
            let profiles = random.some(
                random.number(in: 0...1), of: ["open", "projectcalico-default-allow"])
            state.endpoints.append(
                Endpoint(
                    id: EndpointID(kind: .host, namespace: "", name: "host-\(number)"),
                    labels: random.labels(Vocabulary.podLabels),
                    node: WorldGenerator.localNode, addresses: place.addresses,
                    namedPorts: random.chance(30)
                        ? [NamedPort(name: "http", transport: .tcp, number: 80)] : [],
                    created: 1_760_000_000,
                    particulars: EndpointParticulars(
                        interface: place.interface, profiles: profiles)))
        }
        for index in state.policies.indices
        where state.policies[index].id.kind == "GlobalNetworkPolicy" {
            let traffic: HostTraffic = random.pick([
                .local, .forwardedToo, .untracked, .beforeTranslation,
            ])
            if traffic == .beforeTranslation {
                state.policies[index].egress = nil
                if state.policies[index].ingress == nil { state.policies[index].ingress = [] }
            }
            state.policies[index].hostTraffic = traffic
        }
        state.configurations = [
            NodeConfiguration(
                name: random.pick(["default", "node.\(WorldGenerator.localNode)"]),
                denyAction: random.pick([nil, .drop, .reject]),
                endpointToHost: random.pick([nil, .accept, .drop, .proceed]),
                failsafeInbound: random.pick([
                    nil, [], [.init(.tcp, 80), .init(.udp, 53, network: CIDR("10.0.0.0/9")!)],
                ]),
                failsafeOutbound: random.pick([nil, [.init(.sctp, 9)]]))
        ]
        return state
    }
}
