// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension ReferenceEvaluator {
    /// Whether an address belongs to something that a selector means, and why or why not.
    ///
    /// - Parameter owner: the endpoint that owns the address, if one does.
    func selection(
        of address: IPAddress, _ owner: Endpoint?, by selector: EndpointSelector
    ) -> PeerExplanation.Outcome {
        let gap = owner.flatMap { self.gap(selector, $0) }
        if let owner, gap == nil { return .selected(owner.id) }
        let sets = state.networkSets.filter { set in
            set.blocks.contains { $0.contains(address) }
        }.sorted { $0.id < $1.id }
        let selected = sets.first { set in
            let labels = set.id.namespace.map(namespaceLabels) ?? [:]
            return selector.matches(SelectorTarget(set, namespaceLabels: labels))
        }
        if let selected { return .inNetworkSet(selected.id) }
        if let gap { return .notSelected(gap) }
        return sets.isEmpty || selector.reach != .everything
            ? .noEndpoint(standing(of: address)) : .setsNotSelected(sets.map(\.id))
    }

    /// Whether an address is one of the nodes' that a selector means (S56).
    func selection(
        of address: IPAddress, byNodes selector: Selector
    ) -> PeerExplanation.Outcome {
        let nodes = state.nodes.filter { $0.addresses.contains(address) }
        if let node = nodes.first(where: { selector.matches($0.labels) }) {
            return .ofNode(node.name)
        }
        return nodes.first.map { .nodeNotSelected($0.name, selector.unmet(by: $0.labels)) }
            ?? .noNode
    }

    /// Whether an address is behind a Service.
    ///
    /// - Parameter packet: the packet whose destination the address is; nil if it is its source,
    ///   where the Service's ports do not matter.
    func selection(
        of address: IPAddress, behind service: ServiceID, _ packet: PacketDescription?
    ) -> PeerExplanation.Outcome {
        let slices = state.serviceSlices.filter { $0.serviceID == service }
        if slices.isEmpty { return .unknownService }
        let holding = slices.filter { $0.addresses.contains(address) }
        if holding.isEmpty { return .notBehindService }
        guard let packet else { return .behindService }
        let ports = holding.flatMap(\.ports)
        return ports.contains {
            $0.transport == packet.transport && $0.number == packet.destinationPort
        } ? .behindService : .otherServicePort(ports)
    }
}
