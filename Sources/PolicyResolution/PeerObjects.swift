// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The objects besides endpoints that peers stand for: nodes, the endpoints behind Services, and
/// network sets.
struct PeerObjects {
    private var nodes: [String: Node] = [:]
    private var slices: [ServiceID: [ServiceSliceID: ServiceSlice]] = [:]
    private var services: [ServiceSliceID: ServiceID] = [:]
    private var networkSets = NetworkSetTable()

    /// No object is known.
    init() {}

    init(_ state: ClusterState) {
        for node in state.nodes { put(node, named: node.name) }
        for slice in state.serviceSlices { _ = put(slice, slice.id) }
        for set in state.networkSets { put(set, set.id) }
    }

    mutating func put(_ node: Node?, named name: String) { nodes[name] = node }

    mutating func put(_ set: NetworkSet?, _ id: NetworkSetID) { networkSets.put(set, id) }

    /// - Returns: the Services that this concerns.
    mutating func put(_ slice: ServiceSlice?, _ id: ServiceSliceID) -> [ServiceID] {
        let former = services[id]
        if let former { slices[former]?[id] = nil }
        if let former, slices[former]?.isEmpty ?? false { slices[former] = nil }
        services[id] = slice?.serviceID
        if let slice { slices[slice.serviceID, default: [:]][id] = slice }
        return [former, slice?.serviceID].compactMap(\.self)
    }

    func networkSet(_ id: NetworkSetID) -> NetworkSet? { networkSets[id] }

    /// The network sets of a namespace.
    func networkSets(inNamespace name: String) -> [NetworkSet] {
        networkSets.inNamespace(name)
    }

    /// The ports of the endpoints behind a Service, ascending and distinct.
    func ports(of service: ServiceID) -> [ServicePort] {
        Set((slices[service] ?? [:]).values.flatMap(\.ports)).sorted()
    }

    /// The addresses of the endpoints behind a Service, of these those that have a port.
    func addresses(of service: ServiceID, _ port: ServicePort?) -> EndpointAddresses {
        let fitting = (slices[service] ?? [:]).values.filter { slice in
            port.map(slice.ports.contains) ?? true
        }
        return EndpointAddresses(distinct: fitting.flatMap(\.addresses))
    }

    /// The addresses of the nodes whose labels match (S56).
    func addresses(ofNodes selector: Selector) -> EndpointAddresses {
        EndpointAddresses(
            distinct: nodes.values.filter { selector.matches($0.labels) }.flatMap(\.addresses))
    }

    /// The blocks of the network sets that the peer stands for.
    func blocks(of peer: EndpointPeer, _ inherited: InheritedLabels) -> AddressSet {
        guard peer.mayHoldBlocks, let selector = peer.selector else { return .empty }
        let blocks = networkSets.matching(selector, inherited).flatMap(\.blocks)
        let addresses = AddressSet(blocks)
        return peer.within.map(addresses.intersection) ?? addresses
    }
}

extension EndpointAddresses {
    /// Addresses in any order, each perhaps several times.
    init(distinct addresses: [IPAddress]) {
        self.init()
        for address in Set(addresses) { append(address) }
        sort()
    }
}
