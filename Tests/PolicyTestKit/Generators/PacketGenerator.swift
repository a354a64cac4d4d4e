// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// The packets on which a compiler may go wrong in one world: every ordered pair of interesting
/// addresses of a family, with every interesting protocol and port.
///
/// There are many (tens of thousands for a dozen pods), so they are made as they are asked for.
/// Loop over them all, or draw a ``sample(_:using:)``.
public struct PacketGenerator: RandomAccessCollection, Sendable {
    /// One family's addresses and payloads; a packet is two of the former and one of the latter.
    private struct Family: Sendable {
        var addresses: [IPAddress]
        var pods: [IPAddress]
        var payloads: [PacketPayload]
        /// The payloads by what they are, where ports of both sides would drown the others.
        var kinds: [[PacketPayload]]
        /// The payloads that single rules ask for, where there are such rules.
        var asked: [AskedPayload]
        /// The addresses of nodes and of Services' endpoints, where rules may speak of them.
        var named: [IPAddress]

        var count: Int { addresses.count * addresses.count * payloads.count }

        func packet(_ index: Int) -> PacketDescription {
            let (pair, payload) = index.quotientAndRemainder(dividingBy: payloads.count)
            let (source, destination) = pair.quotientAndRemainder(dividingBy: addresses.count)
            return payloads[payload].packet(from: addresses[source], to: addresses[destination])
        }
    }

    private let families: [Family]

    public init(_ state: ClusterState) {
        let addresses = AddressesOfInterest.of(state)
        let pods = Set(state.endpoints.filter(\.isPoliced).flatMap(\.addresses))
        let named = Set(
            state.nodes.flatMap(\.addresses) + state.serviceSlices.flatMap(\.addresses))
        families = AddressFamily.allCases.map { family in
            let addresses = addresses.filter { $0.family == family }
            let payloads = PacketPayload.payloads(of: family, state)
            let isVaried = payloads.contains { $0.sourcePort != nil || $0.icmpCode != nil }
            let kinds = Dictionary(grouping: payloads, by: \.transport)
                .sorted { $0.key < $1.key }.map(\.value)
            return Family(
                addresses: addresses, pods: addresses.filter(pods.contains), payloads: payloads,
                kinds: isVaried ? kinds : [],
                asked: isVaried ? AskedPayload.all(of: family, state) : [],
                named: isVaried ? addresses.filter(named.contains) : [])
        }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { families.reduce(0) { $0 + $1.count } }

    /// A packet; those of IPv4 come first.
    public subscript(position: Int) -> PacketDescription {
        let first = families[0]
        return position < first.count
            ? first.packet(position) : families[1].packet(position - first.count)
    }

    /// Some packets, each with a policed endpoint's address on one side at least; none if there
    /// are no such addresses. A packet may come twice.
    public func sample(
        _ count: Int, using random: inout SeededGenerator
    ) -> [PacketDescription] {
        let inhabited = families.filter { !$0.pods.isEmpty }
        if inhabited.isEmpty { return [] }
        return (0..<count).map { _ in
            let family = random.pick(inhabited)
            let pod = random.pick(family.pods)
            // The other side is another pod as often as anything else: there are fewer of them.
            var other = random.pick(random.chance(50) ? family.pods : family.addresses)
            if !family.named.isEmpty, random.chance(20) { other = random.pick(family.named) }
            if !family.asked.isEmpty, random.chance(40) {
                let asked = random.pick(family.asked)
                let isSource = random.chance(50)
                let source = isSource ? pod : other
                let destination = isSource ? other : pod
                return asked.payload.packet(
                    from: asked.sources.isEmpty ? source : random.pick(asked.sources),
                    to: asked.destinations.isEmpty ? destination : random.pick(asked.destinations))
            }
            let payload = random.pick(
                family.kinds.isEmpty ? family.payloads : random.pick(family.kinds))
            return random.chance(50)
                ? payload.packet(from: pod, to: other) : payload.packet(from: other, to: pod)
        }
    }
}
