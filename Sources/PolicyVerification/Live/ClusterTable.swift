// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// A cluster's objects by name, for many changes.
struct ClusterTable {
    private var namespaces: [String: Namespace] = [:]
    private var nodes: [String: Node] = [:]
    private var endpoints: [EndpointID: Endpoint] = [:]
    private var tiers: [String: Tier] = [:]
    private var policies: [PolicyID: Policy] = [:]

    /// Carries out a change.
    ///
    /// - Returns: the endpoint as it was, if the change is one of an endpoint.
    mutating func apply(_ change: ClusterChange) -> Endpoint? {
        switch change {
        case .namespace(let name, let value): namespaces[name] = value
        case .node(let name, let value): nodes[name] = value
        case .endpoint(let id, let value):
            defer { endpoints[id] = value }
            return endpoints[id]
        case .tier(let name, let value): tiers[name] = value
        case .policy(let id, let value): policies[id] = value
        }
        return nil
    }

    /// All objects, in order of their names.
    var state: ClusterState {
        ClusterState(
            namespaces: namespaces.values.sorted { $0.name < $1.name },
            nodes: nodes.values.sorted { $0.name < $1.name },
            endpoints: endpoints.values.sorted { $0.id < $1.id }, tiers: tiers.values.sorted(),
            policies: policies.values.sorted { $0.id < $1.id })
    }
}
