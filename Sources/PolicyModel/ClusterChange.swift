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
    public var asChanges: [ClusterChange] {
        tiers.map { .tier($0.name, $0) } + namespaces.map { .namespace($0.name, $0) }
            + nodes.map { .node($0.name, $0) } + policies.map { .policy($0.id, $0) }
            + endpoints.map { .endpoint($0.id, $0) }
    }

    /// The changes that lead from this state to another, in no particular order.
    public func changes(to other: ClusterState) -> [ClusterChange] {
        Self.changes(namespaces, other.namespaces, \.name, ClusterChange.namespace)
            + Self.changes(nodes, other.nodes, \.name, ClusterChange.node)
            + Self.changes(endpoints, other.endpoints, \.id, ClusterChange.endpoint)
            + Self.changes(tiers, other.tiers, \.name, ClusterChange.tier)
            + Self.changes(policies, other.policies, \.id, ClusterChange.policy)
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
