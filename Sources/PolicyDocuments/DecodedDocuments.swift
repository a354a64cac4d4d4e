// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What the sources hold, object by object in the order of the text, and what is wrong with it.
///
/// An object with an error is not among the values.
public struct DecodedDocuments: Hashable, Sendable {
    /// Objects of kind Namespace, in the order of the sources.
    public var namespaces: [Located<Namespace>]
    /// Objects of kind Node, in the order of the sources.
    public var nodes: [Located<Node>]
    /// Pods and HostEndpoints, in the order of the sources.
    public var endpoints: [Located<Endpoint>]
    /// WorkloadEndpoints, in the order of the sources.
    public var workloadEndpoints: [Located<WorkloadEndpoint>] = []
    /// Tiers, in the order of the sources.
    public var tiers: [Located<Tier>] = []
    /// Policies of every API, in the order of the sources.
    public var policies: [Located<Policy>]
    /// Policies that are tried out, in the order of the sources.
    public var stagedPolicies: [Located<StagedPolicy>] = []
    /// Profiles, in the order of the sources.
    public var profiles: [Located<Profile>] = []
    /// ServiceAccounts, in the order of the sources.
    public var serviceAccounts: [Located<ServiceAccount>] = []
    /// NetworkSets and GlobalNetworkSets, in the order of the sources.
    public var networkSets: [Located<NetworkSet>] = []
    /// EndpointSlices, in the order of the sources.
    public var serviceSlices: [Located<ServiceSlice>] = []
    /// FelixConfigurations, in the order of the sources.
    public var configurations: [Located<NodeConfiguration>] = []
    /// How policies are written, and the annotations of other objects, if the decoder was told to
    /// keep them; by kind, namespace and name as ``Diagnostic/object`` has them. Of objects defined
    /// twice it is the first's.
    public var layouts: [String: ObjectLayout] = [:]
    /// Objects that make pods, in the order of the sources, if the decoder was told to read them.
    public var workloads: [Located<Workload>] = []
    /// Which workload controls a pod, by `metadata.ownerReferences`, as far as one does and the
    /// decoder was told to read them.
    public var podOwners: [EndpointID: WorkloadID] = [:]
    /// Every problem of every source, in the order of the text.
    public var diagnostics: [Diagnostic]
    /// The names of the sources that hold no objects at all, not even of kinds that are passed
    /// over.
    public var emptySources: Set<String> = []

    /// Nothing decoded yet, or these objects.
    public init(
        namespaces: [Located<Namespace>] = [], nodes: [Located<Node>] = [],
        endpoints: [Located<Endpoint>] = [], policies: [Located<Policy>] = [],
        diagnostics: [Diagnostic] = []
    ) {
        self.namespaces = namespaces
        self.nodes = nodes
        self.endpoints = endpoints
        self.policies = policies
        self.diagnostics = diagnostics
    }

    /// Adds what other sources hold behind what is there.
    public mutating func append(_ other: DecodedDocuments) {
        namespaces += other.namespaces
        nodes += other.nodes
        endpoints += other.endpoints
        workloadEndpoints += other.workloadEndpoints
        tiers += other.tiers
        policies += other.policies
        stagedPolicies += other.stagedPolicies
        profiles += other.profiles
        serviceAccounts += other.serviceAccounts
        networkSets += other.networkSets
        serviceSlices += other.serviceSlices
        configurations += other.configurations
        workloads += other.workloads
        podOwners.merge(other.podOwners) { first, _ in first }
        layouts.merge(other.layouts) { first, _ in first }
        diagnostics += other.diagnostics
        emptySources.formUnion(other.emptySources)
    }

    /// Whether anything is wrong enough that nothing should be applied.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
