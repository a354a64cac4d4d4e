// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyModel
import PolicyVerification

/// Random packets by the interfaces of a world's node, on each of the ways through it.
public struct InterfaceTraffic {
    private let packets: PacketGenerator
    private let interfaces: [String]
    private let own: [IPAddress]

    /// The traffic of a world's local node.
    public init(_ state: ClusterState) {
        packets = PacketGenerator(state)
        let known = state.endpoints.filter { $0.node == WorldGenerator.localNode }
            .compactMap { $0.particulars?.interface }
        interfaces =
            Set(known).subtracting([EndpointParticulars.everyInterface]).sorted()
            + ["eth9"]
        own = state.nodes.filter { $0.name == WorldGenerator.localNode }.flatMap(\.addresses)
            .sorted()
    }

    /// So many packets, some of them of established connections.
    public func sample(_ count: Int, using random: inout SeededGenerator) -> [ProbePacket] {
        packets.sample(count, using: &random).compactMap { packet in
            var packet = packet
            let mine = own.filter { $0.family == packet.source.family }
            if random.chance(15), let address = mine.first { packet.destination = address }
            let isReceived = own.contains(packet.destination)
            // Who talks to himself uses no interface; and nobody is forwarded from the node.
            if packet.source == packet.destination || own.contains(packet.source) { return nil }
            packet.inputInterface = random.pick(interfaces)
            packet.outputInterface = isReceived ? nil : random.pick(interfaces)
            var whole = Packet(packet, isFromThisNode: false)
            whole.inputInterface = packet.inputInterface
            whole.outputInterface = packet.outputInterface
            whole.sourcePort = packet.sourcePort
            whole.connection = random.pick(weighted: [.new: 80, .invalid: 10, .established: 10])
            if whole.icmpType != nil, Self.isDiscovery(packet) {
                whole.connection = .untracked
            }
            return ProbePacket(
                description: packet, packet: whole, journey: isReceived ? .received : .forwarded)
        }
    }
}

extension InterfaceTraffic {
    fileprivate static func isDiscovery(_ packet: PacketDescription) -> Bool {
        guard packet.transport == .icmpv6, packet.source.family == .ipv6,
            let type = packet.icmpType
        else { return false }
        return (130...136).contains(type) || type == 143
    }
}
