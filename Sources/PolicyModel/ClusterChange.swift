// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An object of the cluster that is new, has another value, or is gone.
///
/// Changes say what is, not what was: the same change twice is as good as once, and only the last
/// of several to one object counts.
public enum ClusterChange: Hashable, Sendable {
    /// A namespace by its name; nil where its object is gone (S11).
    case namespace(String, Namespace?)
    /// A node by its name.
    case node(String, Node?)
    /// An endpoint.
    case endpoint(EndpointID, Endpoint?)
    /// A tier by its name.
    case tier(String, Tier?)
    /// A policy.
    case policy(PolicyID, Policy?)
    /// A policy that is tried out.
    case stagedPolicy(PolicyID, StagedPolicy?)
    /// A profile by its name.
    case profile(String, Profile?)
    /// A service account.
    case serviceAccount(ServiceAccountID, ServiceAccount?)
    /// A network set.
    case networkSet(NetworkSetID, NetworkSet?)
    /// Some of the endpoints behind a Service.
    case serviceSlice(ServiceSliceID, ServiceSlice?)
    /// How nodes enforce policies, by the object's name.
    case configuration(String, NodeConfiguration?)
}

extension ClusterState {
    /// Carries out a change; an object that is new comes last in its list.
    ///
    /// - Complexity: O(*n*) in the objects of the change's kind.
    public mutating func apply(_ change: ClusterChange) {
        switch change {
        case .namespace(let name, let value): Self.put(value, in: &namespaces) { $0.name == name }
        case .node(let name, let value): Self.put(value, in: &nodes) { $0.name == name }
        case .endpoint(let id, let value): Self.put(value, in: &endpoints) { $0.id == id }
        case .tier(let name, let value): Self.put(value, in: &tiers) { $0.name == name }
        case .policy(let id, let value): Self.put(value, in: &policies) { $0.id == id }
        case .stagedPolicy(let id, let value):
            Self.put(value, in: &stagedPolicies) { $0.id == id }
        case .profile(let name, let value): Self.put(value, in: &profiles) { $0.name == name }
        case .serviceAccount(let id, let value):
            Self.put(value, in: &serviceAccounts) { $0.id == id }
        case .networkSet(let id, let value): Self.put(value, in: &networkSets) { $0.id == id }
        case .serviceSlice(let id, let value):
            Self.put(value, in: &serviceSlices) { $0.id == id }
        case .configuration(let name, let value):
            Self.put(value, in: &configurations) { $0.name == name }
        }
    }

    private static func put<Value>(
        _ value: Value?, in values: inout [Value], where isMeant: (Value) -> Bool
    ) {
        let position = values.firstIndex(where: isMeant)
        switch (position, value) {
        case (let position?, let value?): values[position] = value
        case (let position?, nil): values.remove(at: position)
        case (nil, let value?): values.append(value)
        case (nil, nil): break
        }
    }

    /// The changes that make this state out of an empty one without tiers.
    public var asChanges: [ClusterChange] { ClusterState(tiers: []).changes(to: self) }

    /// The changes that lead from this state to another, in no particular order.
    public func changes(to other: ClusterState) -> [ClusterChange] {
        var changes = Self.changes(tiers, other.tiers, \.name, ClusterChange.tier)
        changes += Self.changes(namespaces, other.namespaces, \.name, ClusterChange.namespace)
        changes += Self.changes(nodes, other.nodes, \.name, ClusterChange.node)
        changes += Self.changes(profiles, other.profiles, \.name, ClusterChange.profile)
        changes += Self.changes(
            serviceAccounts, other.serviceAccounts, \.id, ClusterChange.serviceAccount)
        changes += Self.changes(networkSets, other.networkSets, \.id, ClusterChange.networkSet)
        changes += Self.changes(
            serviceSlices, other.serviceSlices, \.id, ClusterChange.serviceSlice)
        changes += Self.changes(policies, other.policies, \.id, ClusterChange.policy)
        changes += Self.changes(
            stagedPolicies, other.stagedPolicies, \.id, ClusterChange.stagedPolicy)
        changes += Self.changes(endpoints, other.endpoints, \.id, ClusterChange.endpoint)
        changes += Self.changes(
            configurations, other.configurations, \.name, ClusterChange.configuration)
        return changes
    }

    private static func changes<Value: Equatable, ID: Hashable>(
        _ old: [Value], _ new: [Value], _ id: (Value) -> ID,
        _ change: (ID, Value?) -> ClusterChange
    ) -> [ClusterChange] {
        var former = Dictionary(old.map { (id($0), $0) }) { first, _ in first }
        var changes: [ClusterChange] = []
        for value in new where former.removeValue(forKey: id(value)) != value {
            changes.append(change(id(value), value))
        }
        return changes + former.keys.map { change($0, nil) }
    }
}
