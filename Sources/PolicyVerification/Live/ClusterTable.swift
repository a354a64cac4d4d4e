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
    private var profiles: [String: Profile] = [:]
    private var serviceAccounts: [ServiceAccountID: ServiceAccount] = [:]
    private var networkSets: [NetworkSetID: NetworkSet] = [:]
    private var serviceSlices: [ServiceSliceID: ServiceSlice] = [:]
    private var configurations: [String: NodeConfiguration] = [:]

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
        // Nothing of it is enforced.
        case .stagedPolicy: break
        case .profile(let name, let value): profiles[name] = value
        case .serviceAccount(let id, let value): serviceAccounts[id] = value
        case .networkSet(let id, let value): networkSets[id] = value
        case .serviceSlice(let id, let value): serviceSlices[id] = value
        case .configuration(let name, let value): configurations[name] = value
        }
        return nil
    }

    /// All objects, in order of their names.
    var state: ClusterState {
        ClusterState(
            namespaces: namespaces.values.sorted { $0.name < $1.name },
            nodes: nodes.values.sorted { $0.name < $1.name },
            endpoints: endpoints.values.sorted { $0.id < $1.id }, tiers: tiers.values.sorted(),
            policies: policies.values.sorted { $0.id < $1.id },
            profiles: profiles.values.sorted { $0.name < $1.name },
            serviceAccounts: serviceAccounts.values.sorted { $0.id < $1.id },
            networkSets: networkSets.values.sorted { $0.id < $1.id },
            serviceSlices: serviceSlices.values.sorted { $0.id < $1.id },
            configurations: configurations.values.sorted { $0.name < $1.name })
    }
}
