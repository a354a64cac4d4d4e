// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// An interface behind which workloads of the node stand, and what may be sent there, as one
/// family's packets meet it (S50).
struct GuardReading<Bits: AddressBits> {
    /// The interface's name.
    let interface: String
    /// The first of its workloads by name, whose policies judge what comes by the interface.
    let sender: Endpoint
    /// The trait of that workload's own addresses.
    let senderOwn: Int
    /// The trait of all its workloads' own addresses.
    let own: Int
    /// The trait of the addresses from which its workloads may send besides.
    let further: Int
    /// The first workload's policies for what it sends.
    let egress: PolicyStack

    /// The guarded interfaces of a node, by name.
    static func all(
        _ state: ClusterState, localNode: String, _ governance: inout Governance,
        _ builder: inout PacketSpace<Bits>.Builder
    ) -> [GuardReading] {
        let guarded = state.endpoints.filter { endpoint in
            endpoint.isPoliced && endpoint.node == localNode && endpoint.id.kind != .host
                && endpoint.particulars?.interface != nil
        }
        if guarded.isEmpty { return [] }
        let known = Set(guarded.map(\.id))
        let claimed = Set(guarded.flatMap(\.addresses))
        let rivals = state.endpoints.filter { endpoint in
            endpoint.isPoliced && endpoint.addresses.contains(where: claimed.contains)
        }
        let ipv4 = AddressOwners<UInt32>(rivals)
        let ipv6 = AddressOwners<UInt128>(rivals)
        let owners = AddressOwners<Bits>(rivals)
        var senders: [String: [(endpoint: Endpoint, own: [Bits])]] = [:]
        for (index, endpoint) in rivals.enumerated() where known.contains(endpoint.id) {
            // Whose addresses are all others' is not known at its interface.
            let isKnown =
                !ipv4.addresses(of: index, endpoint).isEmpty
                || !ipv6.addresses(of: index, endpoint).isEmpty
            guard isKnown, let interface = endpoint.particulars?.interface else { continue }
            senders[interface, default: []]
                .append((endpoint, owners.addresses(of: index, endpoint)))
        }
        let settings = EnforcementSettings(state.configurations, node: localNode)
        return senders.keys.sorted().map { interface in
            let behind = senders[interface]!.sorted { $0.endpoint.id < $1.endpoint.id }
            builder.interfaces.add(interface)
            let further =
                settings.allowsFurtherSources
                ? behind.flatMap { $0.endpoint.particulars?.allowedSources ?? [] } : []
            let intervals = further.compactMap { IntervalSet<Bits>($0) }.flatMap(\.intervals)
            return GuardReading(
                interface: interface, sender: behind[0].endpoint,
                senderOwn: builder.addresses.addTrait(points: behind[0].own),
                own: builder.addresses.addTrait(points: behind.flatMap(\.own)),
                further: builder.addresses.addTrait(intervals: IntervalSet(intervals)),
                egress: governance.stack(of: behind[0].endpoint, .egress))
        }
    }
}

extension PolicyReading {
    /// From where neighbours are discovered: link-local addresses, and none.
    static var discoverySources: IntervalSet<Bits> {
        IntervalSet(
            ["fe80::/10", "::/128"].compactMap { CIDR($0) }
                .compactMap { IntervalSet<Bits>($0) }.flatMap(\.intervals))
    }
}
