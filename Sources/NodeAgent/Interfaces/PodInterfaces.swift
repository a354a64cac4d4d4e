// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import PolicyModel

/// Behind which interface each pod of the node is, where its object does not say so and the routes
/// leave no doubt (S90), kept up to date change by change.
///
/// After any changes it says the same as ``interfaces(of:onNode:routing:)`` of the state that they lead to.
public struct PodInterfaces {
    private let node: String
    private var routing = RoutingState()
    /// The pods of the node whose objects do not tell their interfaces.
    private var pods: [EndpointID: Endpoint] = [:]
    /// Who claims the addresses of these pods, pods of other nodes among them.
    private var claims: [IPAddress: Set<EndpointID>] = [:]
    private var claimed: [EndpointID: [IPAddress]] = [:]
    /// What is known.
    public private(set) var interfaces: [EndpointID: String] = [:]

    /// Nothing is known of the node of this name.
    public init(node: String) { self.node = node }

    /// The interfaces of a node's pods, from scratch.
    public static func interfaces(
        of endpoints: [Endpoint], onNode node: String, routing snapshot: RoutingSnapshot
    ) -> [EndpointID: String] {
        let routing = RoutingState(snapshot)
        var claims: [IPAddress: Int] = [:]
        for endpoint in endpoints where endpoint.claimsAddresses {
            for address in Set(endpoint.addresses) { claims[address, default: 0] += 1 }
        }
        var result: [EndpointID: String] = [:]
        for pod in endpoints where pod.isSought(onNode: node) {
            guard pod.addresses.allSatisfy({ claims[$0] == 1 }) else { continue }
            result[pod.id] = routing.interface(of: pod.addresses)
        }
        return result
    }

    // MARK: Changes of the cluster

    /// The changes, those of the node's pods with their interfaces, and what else they change.
    ///
    /// - Parameter claimants: who claimed an address before these changes.
    public mutating func complete(
        _ changes: [ClusterChange], claimants: (IPAddress) -> [EndpointID]
    ) -> [ClusterChange] {
        var latest: [EndpointID: Endpoint?] = [:]
        for case .endpoint(let id, let value) in changes { latest[id] = .some(value) }
        if latest.isEmpty { return changes }
        var concerned: Set<EndpointID> = []
        var gone: [IPAddress] = []
        for (id, value) in latest {
            let pod = value.flatMap { $0.isSought(onNode: node) ? $0 : nil }
            if pod == nil, pods[id] == nil { continue }
            concerned.insert(id)
            gone += pods[id]?.addresses ?? []
            pods[id] = pod
            for address in pod?.addresses ?? [] where claims[address] == nil {
                track(address, claimants(address).filter { latest[$0] == nil })
            }
        }
        for (id, value) in latest { claim(value, id, &concerned) }
        for address in Set(gone) { forget(address) }
        let others = decide(concerned).filter { latest[$0] == nil }
        return changes.map(placed) + others.sorted().map { .endpoint($0, placed(pods[$0]!)) }
    }

    private mutating func track(_ address: IPAddress, _ claimants: [EndpointID]) {
        claims[address] = Set(claimants)
        for id in claimants { claimed[id, default: []].append(address) }
    }

    private mutating func claim(
        _ value: Endpoint?, _ id: EndpointID, _ concerned: inout Set<EndpointID>
    ) {
        var touched = claimed.removeValue(forKey: id) ?? []
        for address in touched { claims[address]?.remove(id) }
        if let value, value.claimsAddresses {
            let own = Set(value.addresses).filter { claims[$0] != nil }
            for address in own { claims[address]!.insert(id) }
            if !own.isEmpty { claimed[id] = Array(own) }
            touched += own
        }
        for address in touched { concerned.formUnion(claims[address] ?? []) }
    }

    /// Addresses that no pod of the node has any more need not be followed.
    private mutating func forget(_ address: IPAddress) {
        guard let claimants = claims[address], !claimants.contains(where: { pods[$0] != nil })
        else { return }
        claims[address] = nil
        for id in claimants {
            claimed[id]?.removeAll { $0 == address }
            if claimed[id]?.isEmpty ?? false { claimed[id] = nil }
        }
    }

    // MARK: Changes of routes

    /// Takes what the kernel tells of its routes and interfaces.
    ///
    /// - Returns: what this changes; nil if only a new snapshot tells.
    public mutating func apply(_ changes: [RoutingChange]) -> [ClusterChange]? {
        var addresses: Set<IPAddress> = []
        var isWhole = true
        for change in changes where isWhole {
            isWhole = routing.apply(change, concerned: &addresses)
        }
        guard isWhole else { return nil }
        let concerned = addresses.reduce(into: Set<EndpointID>()) {
            $0.formUnion(claims[$1] ?? [])
        }
        return redecide(concerned)
    }

    /// Takes the routes and interfaces as they are now.
    ///
    /// - Returns: what this changes.
    public mutating func put(_ snapshot: RoutingSnapshot) -> [ClusterChange] {
        routing = RoutingState(snapshot)
        return redecide(Set(pods.keys))
    }

    private mutating func redecide(_ concerned: Set<EndpointID>) -> [ClusterChange] {
        decide(concerned).sorted().map { .endpoint($0, placed(pods[$0]!)) }
    }

    // MARK: The decision

    /// - Returns: those of the pods whose interface is another one than before.
    private mutating func decide(_ concerned: Set<EndpointID>) -> [EndpointID] {
        concerned.filter { id in
            let former = interfaces[id]
            guard let pod = pods[id] else {
                interfaces[id] = nil
                return false
            }
            let isContested = pod.addresses.contains { (claims[$0]?.count ?? 0) > 1 }
            let present = isContested ? nil : routing.interface(of: pod.addresses)
            interfaces[id] = present
            return present != former
        }
    }

    private func placed(_ change: ClusterChange) -> ClusterChange {
        guard case .endpoint(let id, let value?) = change, pods[id] != nil else { return change }
        return .endpoint(id, placed(value))
    }

    private func placed(_ pod: Endpoint) -> Endpoint { pod.standing(behind: interfaces[pod.id]) }
}

extension ClusterState {
    /// Adds to the pods of a node the interfaces that the routes tell for certain (S90).
    public mutating func place(podsOf node: String, by snapshot: RoutingSnapshot) {
        let known = PodInterfaces.interfaces(of: endpoints, onNode: node, routing: snapshot)
        for index in endpoints.indices {
            endpoints[index] = endpoints[index].standing(behind: known[endpoints[index].id])
        }
    }
}

extension Endpoint {
    /// Whether it is a pod of the node whose interface its object does not tell.
    fileprivate func isSought(onNode node: String) -> Bool {
        self.node == node && isPoliced && id.kind == .pod && particulars?.interface == nil
            && !addresses.isEmpty
    }

    /// Whether its addresses are its alone.
    fileprivate var claimsAddresses: Bool { isPoliced && id.kind != .host }

    /// The same with an interface that its object does not tell.
    fileprivate func standing(behind interface: String?) -> Endpoint {
        guard let interface else { return self }
        var copy = self
        copy.particulars = EndpointParticulars(
            interface: interface, profiles: particulars?.profiles,
            allowedSources: particulars?.allowedSources ?? [],
            orchestrator: particulars?.orchestrator)
        return copy
    }
}
