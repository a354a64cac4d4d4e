// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyModel

/// One packet in all that ruleset and policies may ask of it, and its way through the node.
public struct ProbePacket: Hashable, Sendable {
    /// The packet as policies see it.
    public var description: PacketDescription
    /// The packet as rules see it.
    public var packet: Packet
    /// Its way.
    public var journey: Journey
    /// The endpoint to which the source address belongs, if any does.
    public var sender: EndpointID?
    /// The endpoint to which the destination address belongs, if any does.
    public var receiver: EndpointID?

    /// The packet as it is at a hook: where it leaves is not known before it is routed.
    public func packet(at hook: Hook) -> Packet {
        guard hook == .prerouting || hook == .input else { return packet }
        var arriving = packet
        arriving.outputInterface = nil
        return arriving
    }

    /// The packet of these parts.
    public init(description: PacketDescription, packet: Packet, journey: Journey) {
        self.description = description
        self.description.hasConnection = packet.connection.isDisjoint(
            with: [.invalid, .untracked])
        self.packet = packet
        self.journey = journey
    }
}

extension FamilyVerification {
    /// A packet out of a set: TCP where there is a choice, and between low ports.
    func example(of cube: PacketCube, _ journey: Journey) -> ProbePacket {
        let moment = Circumstances.each.first { cube.circumstances.contains($0.value) }!
        let ownAddresses = cube.sources.intersection(node)
        let source = address(
            moment.isFromThisNode && !ownAddresses.isEmpty ? ownAddresses : cube.sources)
        let ownDestinations = cube.destinations.intersection(node)
        let destination = address(
            journey == .received && !ownDestinations.isEmpty
                ? ownDestinations : cube.destinations)
        let conditions = cube.transports.members.map { space.transports.condition(of: $0) }
        let preferred: [UInt8] = [6, 17, 132, Bits.family == .ipv4 ? 1 : 58]
        let condition =
            preferred.lazy.compactMap { number in
                conditions.first { $0.protocols.contains(number) }
            }.first ?? conditions[0]
        let transport = IPProtocol(rawValue: condition.protocols.lowerBound)
        let second =
            [80, 443, 8080, 22].first(where: condition.second.contains)
            ?? max(min(1, condition.second.upperBound), condition.second.lowerBound)
        let isControl = transport == .icmp || transport == .icmpv6
        let first =
            isControl || !condition.first.contains(40_000) ? condition.first.lowerBound : 40_000
        let input = interface(cube.inputs, isAsked: true)
        let output = interface(cube.outputs, isAsked: false)
        let type = isControl ? UInt8(first >> 8) : nil
        let code = isControl ? UInt8(first & 0xff) : nil
        return ProbePacket(
            description: PacketDescription(
                source: source, destination: destination, transport: transport,
                destinationPort: transport.hasPorts ? second : nil,
                sourcePort: transport.hasPorts ? first : nil, icmpType: type, icmpCode: code,
                inputInterface: input, outputInterface: output),
            packet: Packet(
                from: source, to: destination, transport: transport,
                sourcePort: first, destinationPort: second, icmpType: type,
                icmpCode: code, connection: moment.state, isFromThisNode: moment.isFromThisNode,
                inputInterface: input, outputInterface: output),
            journey: journey)
    }

    /// A name of one of the classes, where there is a choice one that somebody asks for, or that
    /// nobody does; nil where nobody asks for interfaces at all.
    private func interface(_ classes: BitSet, isAsked: Bool) -> String? {
        let interfaces = space.interfaces
        guard interfaces.areAsked else { return nil }
        let names = classes.members.filter { $0 != interfaces.none }
            .compactMap { interfaces.example(of: $0) }
        return names.first { ($0 != interfaces.ordinary) == isAsked } ?? names.first
    }

    /// An address of one of the classes, an endpoint's where there is one.
    private func address(_ classes: BitSet) -> IPAddress {
        let chosen = classes.members.first { endpoints.contains($0) } ?? classes.first!
        return IPAddress(bits: space.addresses.examples[chosen])
    }
}
