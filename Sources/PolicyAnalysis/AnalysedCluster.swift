// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import PolicyVerification

/// A cluster as its policies are analysed: every policed endpoint has addresses, each address has
/// one owner, and workloads without running pods count as a pod each.
///
/// Nodes do not matter here: each endpoint is judged as if by its own node.
///
/// - A pod that owns none of its addresses (S20) or has none yet (S12) gets addresses of its own,
///   which the policies' blocks hold as little as possible. So does a workload.
/// - A workload is an endpoint with the labels and ports of its template. Running pods speak for
///   their workload, which then is no endpoint.
/// - Families are those that the cluster's pods have addresses of; without any, both.
public struct AnalysedCluster: Hashable, Sendable {
    /// The cluster, in which all addresses are owned. Endpoints are sorted by their ids.
    public let state: ClusterState
    /// The endpoints that stand for a workload.
    public let workloads: [EndpointID: WorkloadID]
    /// The pods of each workload that has running ones, sorted.
    public let runningPods: [WorkloadID: [EndpointID]]

    /// - Parameters:
    ///   - assembly: Decoded with DocumentDecoder/readsWorkloads if workloads are to count.
    ///   - policies: Further policies whose blocks must not hold the new addresses, where two
    ///     clusters are compared.
    ///   - enforcesStaged: Whether staged policies count as if they were enforced.
    public init(
        _ assembly: ClusterAssembly, avoiding policies: [Policy] = [], enforcesStaged: Bool = false
    ) {
        self.init(
            enforcesStaged ? assembly.state.withStagedEnforced : assembly.state,
            workloads: assembly.workloads.map(\.value),
            podOwners: assembly.podOwners, avoiding: policies)
    }

    /// - Parameters:
    ///   - state: The cluster without its workloads.
    ///   - workloads: Whose pods may be among the state's endpoints.
    ///   - podOwners: Which workload controls a pod, as far as one does.
    ///   - policies: Further policies whose blocks must not hold the new addresses.
    public init(
        _ state: ClusterState, workloads: [Workload] = [],
        podOwners: [EndpointID: WorkloadID] = [:], avoiding policies: [Policy] = []
    ) {
        var state = state
        state.endpoints = state.endpoints.withOwnedAddresses
        let ownership = WorkloadOwnership(workloads, podOwners: podOwners)
        var runningPods: [WorkloadID: [EndpointID]] = [:]
        for endpoint in state.endpoints where !endpoint.isFinished {
            guard let root = ownership.root(of: endpoint.id) else { continue }
            runningPods[root, default: []].append(endpoint.id)
        }
        let idle = ownership.representatives.filter { runningPods[$0.root] == nil }
        let ids = Self.ids(of: idle.map(\.root), besides: Set(state.endpoints.map(\.id)))
        state.endpoints += zip(ids, idle.map(\.1)).map { Endpoint(id: $0, workload: $1) }
        state.endpoints.sort { $0.id < $1.id }
        // What is staged counts, so that the addresses are the same with it and without.
        let avoided = state.policies + state.withStagedEnforced.policies + policies
        var provision = AddressProvision(for: state, avoiding: avoided)
        for index in state.endpoints.indices
        where state.endpoints[index].isPoliced && state.endpoints[index].addresses.isEmpty {
            state.endpoints[index].addresses = provision.next()
        }
        self.state = state
        self.runningPods = runningPods
        self.workloads = Dictionary(uniqueKeysWithValues: zip(ids, idle.map(\.root)))
    }

    /// The ids of workloads as endpoints: `shop/web`, or `shop/deployment/web` where a pod or
    /// another workload has that name.
    private static func ids(
        of workloads: [WorkloadID], besides pods: Set<EndpointID>
    ) -> [EndpointID] {
        let plain = workloads.map { EndpointID(namespace: $0.namespace, name: $0.name) }
        let uses = Dictionary(plain.map { ($0, 1) }, uniquingKeysWith: +)
        return zip(plain, workloads).map { id, workload in
            if uses[id] == 1, !pods.contains(id) { return id }
            let kind = workload.kind.rawValue.lowercased()
            return EndpointID(namespace: id.namespace, name: "\(kind)/\(id.name)")
        }
    }

    /// The endpoints that a text means: `shop/web-1`, a pod or workload; `shop/deployment/web`, a
    /// workload; either means a workload's running pods if it has any. None if nobody has the name.
    ///
    /// - Complexity: O(endpoints).
    public func endpoints(named text: String) -> [Endpoint] {
        if let endpoint = state.endpoints.first(where: { $0.id.description == text }) {
            return [endpoint]
        }
        let isMeant = { (id: WorkloadID) in
            id.description == text || "\(id.namespace)/\(id.name)" == text
        }
        let placed = workloads.filter { isMeant($0.value) }.map(\.key)
        let running = runningPods.filter { isMeant($0.key) }.flatMap(\.value)
        let ids = Set(placed + running)
        return state.endpoints.filter { ids.contains($0.id) }
    }
}

extension Endpoint {
    /// A pod as a workload would make it.
    fileprivate init(id: EndpointID, workload: Workload) {
        self.init(
            id: id, labels: workload.labels, namedPorts: workload.namedPorts,
            created: workload.created, usesHostNetwork: workload.usesHostNetwork)
    }
}

extension [Endpoint] {
    /// The endpoints without the addresses that belong to another policed one (S20).
    fileprivate var withOwnedAddresses: [Endpoint] {
        let ipv4 = AddressOwners<UInt32>(self)
        let ipv6 = AddressOwners<UInt128>(self)
        return enumerated().map { index, endpoint in
            guard endpoint.isPoliced else { return endpoint }
            var endpoint = endpoint
            endpoint.addresses.removeAll { address in
                switch address {
                case .ipv4(let bits): ipv4.owner(of: bits) != index
                case .ipv6(let bits): ipv6.owner(of: bits) != index
                }
            }
            return endpoint
        }
    }
}
