// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Puts decoded objects together into the state of a cluster, and finds what is wrong with them as
/// a whole.
public struct ClusterAssembly: Hashable, Sendable {
    /// The state: every list sorted by name, so that it does not depend on the order of sources.
    public let state: ClusterState
    /// The objects that make pods, sorted; none unless the decoder was told to read them.
    public let workloads: [Located<Workload>]
    /// Which workload controls a pod, as far as one does.
    public let podOwners: [EndpointID: WorkloadID]
    /// The problems of the objects together; those of each one are in the ``DecodedDocuments``.
    public let diagnostics: [Diagnostic]

    /// Assembles everything that was decoded.
    ///
    /// Of objects defined twice the first is taken, and the second is an error. Namespaces in which
    /// pods, policies or other objects stand exist even where no object says so, and so do the
    /// tiers that every cluster has.
    public init(_ documents: DecodedDocuments) {
        var problems: [Diagnostic] = []
        let namespaces = Self.unique(documents.namespaces, &problems)
        let nodes = Self.unique(documents.nodes, &problems)
        let pods = Self.unique(documents.endpoints, &problems)
        let endpoints = Self.combined(
            pods, Self.unique(documents.workloadEndpoints, &problems))
        let tiers = Self.unique(documents.tiers, &problems)
        let policies = Self.unique(documents.policies, &problems)
        let stagedPolicies = Self.unique(documents.stagedPolicies, &problems)
        var state = ClusterState(
            namespaces: namespaces.map(\.value), nodes: nodes.map(\.value),
            endpoints: endpoints.map(\.value), tiers: tiers.map(\.value).withBuiltIn,
            policies: policies.map(\.value), stagedPolicies: stagedPolicies.map(\.value),
            profiles: Self.unique(documents.profiles, &problems).map(\.value),
            serviceAccounts: Self.unique(documents.serviceAccounts, &problems).map(\.value),
            networkSets: Self.unique(documents.networkSets, &problems).map(\.value),
            serviceSlices: Self.unique(documents.serviceSlices, &problems).map(\.value),
            configurations: Self.unique(documents.configurations, &problems).map(\.value))
        workloads = Self.unique(
            documents.workloads, by: \.id, name: { ObjectName($0.id) }, &problems)
        podOwners = documents.podOwners
        state.namespaces.addImplied(by: state.profiles)
        state.serviceAccounts.addImplied(by: state.profiles)
        diagnostics =
            problems + Self.sharedAddresses(endpoints)
            + state.danglingReferences(policies, stagedPolicies, endpoints)
        Self.addImpliedNamespaces(to: &state, of: workloads)
        self.state = state
    }

    /// A cluster whose objects are put together already, without objects that make pods.
    public init(state: ClusterState) {
        self.state = state
        workloads = []
        podOwners = [:]
        diagnostics = []
    }

    private static func unique<Value: ClusterObject>(
        _ located: [Located<Value>], _ diagnostics: inout [Diagnostic]
    ) -> [Located<Value>] {
        unique(located, by: \.id, name: { Value.name(of: $0.id) }, &diagnostics)
    }

    /// The objects in the order of their names, without those that repeat an earlier one.
    private static func unique<Value, ID: Comparable>(
        _ located: [Located<Value>], by id: (Value) -> ID, name: (Value) -> ObjectName,
        _ diagnostics: inout [Diagnostic]
    ) -> [Located<Value>] {
        let order = located.indices.map { (id: id(located[$0].value), index: $0) }
            .sorted { ($0.id, $0.index) < ($1.id, $1.index) }
        var unique: [Located<Value>] = []
        unique.reserveCapacity(order.count)
        var lastID: ID?
        for (id, index) in order {
            let object = located[index]
            if id == lastID, let earlier = unique.last {
                diagnostics.append(
                    .definedTwice(name(object.value), at: object.origin, first: earlier.origin))
            } else {
                unique.append(object)
                lastID = id
            }
        }
        return unique
    }

    /// Each pod with what an object about it adds, and the workloads that no other object tells of.
    private static func combined(
        _ pods: [Located<Endpoint>], _ objects: [Located<WorkloadEndpoint>]
    ) -> [Located<Endpoint>] {
        if objects.isEmpty { return pods }
        var rest = Dictionary(uniqueKeysWithValues: objects.map { ($0.value.id, $0) })
        var endpoints = pods
        for index in endpoints.indices {
            let object = rest.removeValue(forKey: endpoints[index].value.id)
            endpoints[index].value =
                WorkloadEndpoint.combined(endpoints[index].value, object?.value)
                ?? endpoints[index].value
        }
        endpoints += rest.values.map { Located($0.value.endpoint, at: $0.origin) }
        return endpoints.sorted { $0.value.id < $1.value.id }
    }

    /// Pods that claim one address. The newest of them gets it (S20), which is not decided here.
    private static func sharedAddresses(_ endpoints: [Located<Endpoint>]) -> [Diagnostic] {
        var owners: [IPAddress: Int] = [:]
        owners.reserveCapacity(endpoints.count * 2)
        var diagnostics: [Diagnostic] = []
        for (index, endpoint) in endpoints.enumerated()
        where endpoint.value.claimsAddresses {
            for address in endpoint.value.addresses {
                guard let other = owners.updateValue(index, forKey: address) else { continue }
                diagnostics.append(.sharedAddress(address, endpoint, endpoints[other]))
            }
        }
        return diagnostics
    }

    private static func addImpliedNamespaces(
        to state: inout ClusterState, of workloads: [Located<Workload>]
    ) {
        var missing = Set(state.endpoints.map(\.id.namespace))
        missing.formUnion(workloads.map(\.value.id.namespace))
        missing.formUnion(state.policies.compactMap(\.id.namespace))
        missing.formUnion(state.serviceAccounts.map(\.id.namespace))
        missing.formUnion(state.networkSets.compactMap(\.id.namespace))
        missing.formUnion(state.serviceSlices.map(\.id.namespace))
        missing.subtract(state.namespaces.map(\.name) + [""])
        guard !missing.isEmpty else { return }
        state.namespaces += missing.map { Namespace(name: $0) }
        state.namespaces.sort { $0.name < $1.name }
    }
}

extension [Tier] {
    /// These tiers and those that every cluster has, in the order in which they are asked.
    package var withBuiltIn: [Tier] {
        let declared = filter { !Tier.isBuiltIn($0.name) }
        return (declared + Tier.builtIn).sorted()
    }
}

extension Tier {
    /// Whether every cluster has a tier of this name.
    package static func isBuiltIn(_ name: String) -> Bool {
        builtIn.contains { $0.name == name }
    }
}
