// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What the policies of a cluster come to on one node: the stack of each local endpoint, and who
/// the members of each selector are.
public final class Resolution {
    /// The policed endpoints of this node that own an address, by namespace and name.
    public private(set) var localEndpoints: [LocalEndpoint] = []
    /// The host endpoints of this node, by name, with the policies that select them.
    public private(set) var hostEndpoints: [LocalEndpoint] = []

    private let endpoints: [Endpoint]
    private let owned: AddressOwnership
    private let index: EndpointIndex
    private let inherited: InheritedLabels
    private let objects: PeerObjects
    private var memberships: [EndpointSelector: [Int32]] = [:]

    /// - Complexity: O(*n* log *n*) in the number of endpoints, plus the policies, plus what the
    ///   selectors match.
    public init(_ state: ClusterState, node: String) {
        let profiles = ProfileBook(state.profiles)
        inherited = InheritedLabels(state.namespaces, state.serviceAccounts)
        objects = PeerObjects(state)
        endpoints = Self.policed(state.endpoints, profiles)
        owned = AddressOwnership(endpoints)
        index = EndpointIndex(endpoints, namespaces: state.namespaces, inherited)
        localEndpoints = resolveLocal(state, profiles, node: node)
        hostEndpoints = resolveHosts(state, profiles, node: node)
    }

    /// The endpoints that policies can select, with the labels of their profiles. Most often that
    /// is all of them as they are, and then none is copied.
    private static func policed(_ endpoints: [Endpoint], _ profiles: ProfileBook) -> [Endpoint] {
        let areAll = endpoints.indices.allSatisfy {
            endpoints[$0].isPoliced && endpoints[$0].particulars?.profiles == nil
        }
        return areAll ? endpoints : endpoints.filter(\.isPoliced).map(profiles.labelled)
    }

    private func resolveLocal(
        _ state: ClusterState, _ profiles: ProfileBook, node: String
    ) -> [LocalEndpoint] {
        let local = endpoints.indices.filter {
            endpoints[$0].node == node && endpoints[$0].id.kind != .host && owned.ownsAny($0)
        }.sorted { endpoints[$0].id < endpoints[$1].id }
        let stacks = StackBuilder(
            subjects: local.map { endpoints[$0] }, state, inherited, profiles)
        return local.enumerated().map { position, number in
            LocalEndpoint(
                endpoint: endpoints[number],
                addresses: EndpointAddresses(
                    ipv4: owned.ipv4(of: number).sorted(), ipv6: owned.ipv6(of: number).sorted()),
                ingress: stacks.stack(of: position, .ingress),
                egress: stacks.stack(of: position, .egress))
        }
    }

    /// The addresses of the node's workloads, ascending.
    public var workloadAddresses: EndpointAddresses {
        var result = EndpointAddresses()
        for local in localEndpoints {
            result.ipv4 += local.addresses.ipv4
            result.ipv6 += local.addresses.ipv6
        }
        result.sort()
        return result
    }

    private func resolveHosts(
        _ state: ClusterState, _ profiles: ProfileBook, node: String
    ) -> [LocalEndpoint] {
        let hosts = endpoints.filter { $0.node == node && $0.id.kind == .host }
            .sorted { $0.id < $1.id }
        if hosts.isEmpty { return [] }
        let stacks = StackBuilder(subjects: hosts, state, inherited, profiles)
        return hosts.enumerated().map { position, host in
            LocalEndpoint(
                endpoint: host, addresses: EndpointAddresses(),
                ingress: stacks.stack(of: position, .ingress),
                egress: stacks.stack(of: position, .egress))
        }
    }

    private func members(of selector: EndpointSelector) -> [Int32] {
        if let known = memberships[selector] { return known }
        let members = index.members(of: selector)
        memberships[selector] = members
        return members
    }
}

extension Resolution: PeerDirectory {
    /// The addresses of the policed endpoints, nodes or Service that the peer stands for.
    public func addresses(of peer: EndpointPeer) -> EndpointAddresses {
        switch peer.source {
        case .endpoints(let selector): addresses(of: peer, selector)
        case .service(let service, let port): objects.addresses(of: service, port)
        case .nodes(let selector): objects.addresses(ofNodes: selector)
        }
    }

    /// The blocks of the network sets that the peer stands for.
    public func blocks(of peer: EndpointPeer) -> AddressSet { objects.blocks(of: peer, inherited) }

    /// The ports of the endpoints behind a Service.
    public func ports(of service: ServiceID) -> [ServicePort] { objects.ports(of: service) }

    private func addresses(
        of peer: EndpointPeer, _ selector: EndpointSelector
    ) -> EndpointAddresses {
        var result = EndpointAddresses()
        for member in members(of: selector).map(Int.init) {
            if let port = peer.port, !endpoints[member].namedPorts.contains(port) { continue }
            for address in owned.ipv4(of: member)
            where peer.within?.ipv4.contains(address) ?? true {
                result.ipv4.append(address)
            }
            for address in owned.ipv6(of: member)
            where peer.within?.ipv6.contains(address) ?? true {
                result.ipv6.append(address)
            }
        }
        result.ipv4.sort()
        result.ipv6.sort()
        return result
    }

    /// The numbers that the selected endpoints give to a port name for a protocol.
    public func numbers(
        of name: String, transport: IPProtocol, among selector: EndpointSelector
    ) -> [UInt16] {
        var numbers: Set<UInt16> = []
        for member in members(of: selector) {
            for port in endpoints[Int(member)].namedPorts
            where port.name == name && port.transport == transport {
                numbers.insert(port.number)
            }
        }
        return numbers.sorted()
    }
}
