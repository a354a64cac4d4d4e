// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyTestKit
import PolicyVerification

/// Draws packets that come to where two tables differ, with values at which they may decide
/// differently.
struct PacketSampler {
    private var random: SeededGenerator
    private let targets: [SampledDifference.Target]
    private let approaches: [Approaches]
    private let near: Interests
    private let scene: MutationScene

    /// - Parameter approaches: those of the first table.
    init(
        _ original: Table, _ mutated: Table, approaches: Approaches, scene: MutationScene,
        random: SeededGenerator
    ) {
        self.random = random
        self.scene = scene
        self.approaches = [approaches, Approaches(mutated)]
        let difference = SampledDifference(original, mutated, using: &self.random)
        targets = difference.targets
        near = Interests(
            difference.chains, in: original, mutated, using: &self.random)
    }

    /// A packet; nil where what was drawn meets no hook.
    mutating func next() -> ProbePacket? {
        guard !targets.isEmpty else { return nil }
        let target = random.pick(targets)
        var values = target.values
        if let (rule, table) = target.rule { values.meet(rule, in: table, using: &random) }
        let hook = random.pick(approaches).walk(from: target.chain, into: &values, using: &random)
        let family = values.family ?? random.pick([.ipv4, .ipv6])
        var way = self.way(hook ?? random.pick([.forward, .output]))
        let own = scene.own.filter { $0.family == family }
        if way == .sent, values.source == nil, random.chance(40) { values.source = own.first }
        if way == .received, values.destination == nil { values.destination = own.first }
        // Now and then the neighbour of what is known.
        let source = neighbour(of: values.source) ?? address(family)
        let other = random.chance(4) ? source : address(source.family)
        let destination = neighbour(of: values.destination) ?? other
        guard source.family == destination.family else { return nil }
        let isFromThisNode = scene.own.contains(source)
        if isFromThisNode { way = .sent }
        if scene.own.contains(destination) {
            if way == .sent { return nil }
            way = .received
        } else if way == .received {
            way = .forwarded
        }
        var packet = Packet(
            from: source, to: destination, transport: transport(values, source.family),
            isFromThisNode: isFromThisNode)
        fill(&packet, values)
        if way != .sent { packet.inputInterface = Wire.input }
        if way != .received { packet.outputInterface = Wire.output }
        let description = PacketDescription(
            source: source, destination: destination, transport: packet.transport,
            destinationPort: packet.transport.hasPorts ? packet.destinationPort : nil,
            icmpType: packet.icmpType)
        return ProbePacket(description: description, packet: packet, journey: way)
    }

    private mutating func way(_ hook: Hook) -> Journey {
        switch hook {
        case .forward: .forwarded
        case .output: .sent
        case .input: .received
        case .prerouting: random.chance(70) ? .forwarded : .received
        case .postrouting: random.chance(70) ? .forwarded : .sent
        }
    }

    private mutating func neighbour(of address: IPAddress?) -> IPAddress? {
        guard random.chance(20) else { return address }
        return address?.advanced(by: random.pick([-1, 1]))
    }

    private mutating func address(_ family: AddressFamily) -> IPAddress {
        let close = near.addresses[family]!
        if !close.isEmpty, random.chance(60) { return random.pick(close) }
        return random.pick(scene.addresses[family]!)
    }

    private mutating func transport(_ values: FieldValues, _ family: AddressFamily) -> IPProtocol {
        if let known = values.transport { return known }
        if values.icmpType != nil { return .icmpv6 }
        let ported = random.pick(weighted: [IPProtocol.tcp: 55, .udp: 30, .sctp: 15])
        if values.destinationPort != nil || values.sourcePort != nil { return ported }
        if !near.transports.isEmpty, random.chance(20) { return random.pick(near.transports) }
        return random.pick(weighted: [
            ported: 75, family == .ipv4 ? .icmp : .icmpv6: 14, .icmp: 2, .icmpv6: 2,
            IPProtocol(rawValue: 50): 7,
        ])
    }

    /// Gives the packet ports or a type, and a connection's state.
    private mutating func fill(_ packet: inout Packet, _ values: FieldValues) {
        if packet.transport == .icmp || packet.transport == .icmpv6 {
            packet.icmpType = values.icmpType ?? type()
            if random.chance(20) {
                packet.sourcePort = values.sourcePort ?? port()
                packet.destinationPort = values.destinationPort ?? port()
            }
        } else {
            packet.sourcePort = values.sourcePort ?? (random.chance(70) ? 40_000 : port())
            packet.destinationPort =
                values.destinationPort.map { number in
                    random.chance(20) ? number &+ random.pick([1, .max]) : number
                } ?? port()
        }
        packet.connection =
            values.connection
            ?? random.pick(weighted: [
                .new: 76, .invalid: 6, .untracked: 6, .established: 6, .related: 6,
            ])
        let discovery: [UInt8] = [130, 131, 132, 133, 134, 135, 136, 143]
        if packet.transport == .icmpv6, packet.source.family == .ipv6,
            discovery.contains(packet.icmpType ?? 0)
        {
            packet.connection = .untracked
        }
    }

    private mutating func port() -> UInt16 {
        if !near.ports.isEmpty, random.chance(70) { return random.pick(near.ports) }
        return random.chance(70) ? random.pick(scene.ports) : UInt16(random.number(in: 1...65_535))
    }

    private mutating func type() -> UInt8 {
        if !near.icmpTypes.isEmpty, random.chance(40) { return random.pick(near.icmpTypes) }
        return random.pick([0, 1, 3, 8, 128, 129, 133, 135, 137, 143, 144])
    }
}

extension IPProtocol {
    /// Whether policies know ports of it.
    var hasPorts: Bool { [.tcp, .udp, .sctp].contains(self) }
}
