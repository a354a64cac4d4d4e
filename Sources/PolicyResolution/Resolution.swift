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
    private var memberships: [EndpointSelector: [Int32]] = [:]

    /// - Complexity: O(*n* log *n*) in the number of endpoints, plus the policies, plus what the
    ///   selectors match.
    public init(_ state: ClusterState, node: String) {
        endpoints = Self.policed(state.endpoints)
        owned = AddressOwnership(endpoints)
        index = EndpointIndex(endpoints, namespaces: state.namespaces)
        localEndpoints = resolveLocal(state, node: node)
        hostEndpoints = resolveHosts(state, node: node)
    }

    /// The endpoints that policies can select. Most often that is all of them, and then none is
    /// copied.
    private static func policed(_ endpoints: [Endpoint]) -> [Endpoint] {
        let areAll = endpoints.indices.allSatisfy { endpoints[$0].isPoliced }
        return areAll ? endpoints : endpoints.filter(\.isPoliced)
    }

    private func resolveLocal(_ state: ClusterState, node: String) -> [LocalEndpoint] {
        let local = endpoints.indices.filter {
            endpoints[$0].node == node && endpoints[$0].id.kind != .host && owned.ownsAny($0)
        }.sorted { endpoints[$0].id < endpoints[$1].id }
        let stacks = StackBuilder(
            subjects: local.map { endpoints[$0] }, namespaces: state.namespaces,
            tiers: state.tiers, policies: state.policies)
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

    private func resolveHosts(_ state: ClusterState, node: String) -> [LocalEndpoint] {
        let hosts = endpoints.filter { $0.node == node && $0.id.kind == .host }
            .sorted { $0.id < $1.id }
        if hosts.isEmpty { return [] }
        let stacks = StackBuilder(
            subjects: hosts, namespaces: state.namespaces, tiers: state.tiers,
            policies: state.policies.filter { $0.subject.reach == .everything })
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
    /// The addresses of the policed endpoints that the peer stands for.
    public func addresses(of peer: EndpointPeer) -> EndpointAddresses {
        var result = EndpointAddresses()
        for member in members(of: peer.selector).map(Int.init) {
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
