// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// Random worlds whose node has host endpoints, and packets that pass its interfaces.
public struct HostWorld {
    /// The world.
    public let state: ClusterState
    private var random: SeededGenerator

    /// The interfaces of the node in packets: two with names, one that only all interfaces mean, and
    /// one of a workload.
    private static let interfaces = ["eth0", "eth1", "wlan0", "tap0"]

    /// Equal seeds give equal worlds.
    public init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var state = WorldGenerator(seed: seed, style: .tiered).world()
        let labels = ["role": "host"]
        var places: [String?] = ["eth0", "eth1"]
        if random.chance(50) { places.append(EndpointParticulars.everyInterface) }
        for (number, place) in places.enumerated() where random.chance(70) {
            let profiles: [String]? = random.chance(30) ? ["projectcalico-default-allow"] : nil
            state.endpoints.append(
                Endpoint(
                    id: EndpointID(kind: .host, namespace: "", name: "host-\(number)"),
                    labels: labels, node: WorldGenerator.localNode,
                    particulars: EndpointParticulars(interface: place, profiles: profiles)))
        }
        let models = state.policies
        let traffics: [HostTraffic] = [.local, .forwardedToo, .beforeTranslation, .untracked]
        for number in 0..<5 where !models.isEmpty {
            var policy = models[random.number(in: 0...models.count - 1)]
            policy.id = PolicyID(
                kind: "GlobalNetworkPolicy", namespace: nil, name: "host-\(number)")
            policy.subject = EndpointSelector(
                namespaces: .any, labels: .isOneOf(key: "role", values: ["host"]),
                reach: .everything)
            policy.hostTraffic = traffics[random.number(in: 0...3)]
            if policy.hostTraffic == .beforeTranslation { policy.egress = nil }
            state.policies.append(policy)
        }
        let actions: [EnforcementSettings.EndpointToHost?] = [nil, nil, .accept, .drop, .proceed]
        state.configurations = [
            NodeConfiguration(
                name: "default", endpointToHost: actions[random.number(in: 0...4)],
                allowsFurtherSources: seed % 4 != 0,
                failsafeInbound: [.init(.tcp, 80), .init(.udp, 53, network: CIDR("10.0.0.0/9")!)],
                tunnels: Self.tunnels(&random))
        ]
        if random.chance(50),
            let position = state.endpoints.firstIndex(where: {
                $0.isPoliced && $0.node == WorldGenerator.localNode && $0.id.kind == .pod
            })
        {
            state.endpoints[position].particulars = EndpointParticulars(
                interface: "tap0", allowedSources: [CIDR("10.128.0.0/9")!, CIDR("fd00::/16")!])
        }
        self.state = state
        self.random = random
    }

    private static func tunnels(_ random: inout SeededGenerator) -> TunnelConfiguration {
        var tunnels = TunnelConfiguration()
        tunnels.ipip = random.chance(50)
        tunnels.vxlan = random.chance(50)
        tunnels.vxlanV6 = random.chance(50)
        if random.chance(50) { tunnels.vxlanPort = 8080 }
        tunnels.wireguardV6 = random.chance(30)
        return tunnels
    }

    /// Packets by the interfaces that they pass.
    public mutating func packets(_ count: Int) -> [PacketDescription] {
        let own = Set(
            state.nodes.filter { $0.name == WorldGenerator.localNode }.flatMap(\.addresses))
        // What an endpoint sends to itself never passes an interface of another.
        let sample = PacketGenerator(state).sample(count, using: &random)
        return sample.filter { $0.source != $0.destination }.map { packet in
            var packet = packet
            packet.sourcePort = packet.destinationPort == nil ? nil : 40_000
            if random.chance(25),
                let address = own.sorted().first(where: {
                    $0.family == packet.source.family
                })
            {
                if random.chance(50) {
                    packet.source = address
                } else {
                    packet.destination = address
                }
            }
            let interface = { (random: inout SeededGenerator) in
                Self.interfaces[random.number(in: 0...3)]
            }
            if random.chance(8) { becomeTunnel(&packet) }
            if !own.contains(packet.destination) { packet.outputInterface = interface(&random) }
            // What a process of the node sends may bear an address that is not the node's.
            let isSent = packet.outputInterface != nil && random.chance(10)
            if !own.contains(packet.source), !isSent { packet.inputInterface = interface(&random) }
            if packet.inputInterface != nil, random.chance(20) {
                translate(&packet, from: own.sorted())
            }
            return packet
        }
    }

    /// A packet of a tunnel, often from or to a node.
    private mutating func becomeTunnel(_ packet: inout PacketDescription) {
        packet.transport = random.chance(50) ? .udp : .ipip
        packet.icmpType = nil
        packet.icmpCode = nil
        packet.sourcePort = packet.transport == .udp ? 40_000 : nil
        let ports: [UInt16] = [4789, 8080, 51821]
        packet.destinationPort =
            packet.transport == .udp ? ports[random.number(in: 0...2)] : nil
        let family = packet.source.family
        let nodes = state.nodes.flatMap(\.addresses).filter { $0.family == family }
        guard !nodes.isEmpty, random.chance(70) else { return }
        let node = nodes[random.number(in: 0...nodes.count - 1)]
        if random.chance(50) {
            if node != packet.destination { packet.source = node }
        } else if node != packet.source {
            packet.destination = node
        }
    }

    /// The packet went elsewhere before: to the node itself, or to another port.
    private mutating func translate(_ packet: inout PacketDescription, from own: [IPAddress]) {
        let ports: [UInt16] = [80, 443, 8080, 30_080]
        let nodes = own.filter { $0.family == packet.source.family && $0 != packet.source }
        packet.original = PacketDescription.OriginalDestination(
            address: random.chance(60) ? nodes.first ?? packet.destination : packet.destination,
            port: packet.destinationPort == nil ? nil : ports[random.number(in: 0...3)])
    }
}
