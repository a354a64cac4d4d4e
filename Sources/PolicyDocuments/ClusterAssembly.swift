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
    /// pods or policies stand exist even where no object says so.
    public init(_ documents: DecodedDocuments) {
        var duplicates: [Diagnostic] = []
        let namespaces = Self.unique(documents.namespaces, by: \.name, &duplicates) {
            ObjectName(kind: "Namespace", name: $0.name)
        }
        let nodes = Self.unique(documents.nodes, by: \.name, &duplicates) {
            ObjectName(kind: "Node", name: $0.name)
        }
        let endpoints = Self.unique(documents.endpoints, by: \.id, &duplicates) {
            ObjectName($0.id)
        }
        let policies = Self.unique(documents.policies, by: \.id, &duplicates) {
            ObjectName($0.id)
        }
        workloads = Self.unique(documents.workloads, by: \.id, &duplicates) {
            ObjectName($0.id)
        }
        podOwners = documents.podOwners
        diagnostics = duplicates + Self.sharedAddresses(endpoints)
        var state = ClusterState(
            namespaces: namespaces.map(\.value), nodes: nodes.map(\.value),
            endpoints: endpoints.map(\.value), tiers: Tier.builtIn,
            policies: policies.map(\.value))
        Self.addImpliedNamespaces(to: &state, of: workloads)
        self.state = state
    }

    /// The objects in the order of their names, without those that repeat an earlier one.
    private static func unique<Value, ID: Comparable>(
        _ located: [Located<Value>], by id: (Value) -> ID, _ diagnostics: inout [Diagnostic],
        name: (Value) -> ObjectName
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

    /// Pods that claim one address. The newest of them gets it (S20), which is not decided here.
    private static func sharedAddresses(_ endpoints: [Located<Endpoint>]) -> [Diagnostic] {
        var owners: [IPAddress: Int] = [:]
        owners.reserveCapacity(endpoints.count * 2)
        var diagnostics: [Diagnostic] = []
        for (index, endpoint) in endpoints.enumerated() where endpoint.value.isPoliced {
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
        missing.subtract(state.namespaces.map(\.name))
        guard !missing.isEmpty else { return }
        state.namespaces += missing.map { Namespace(name: $0) }
        state.namespaces.sort { $0.name < $1.name }
    }
}
