// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Everything that policies depend on, at one moment.
public struct ClusterState: Hashable, Sendable {
    /// In any order; names are unique. Endpoints may stand in namespaces that are not here.
    public var namespaces: [Namespace]
    /// In any order; names are unique.
    public var nodes: [Node]
    /// All pods of the cluster and what else policies govern, in any order, finished ones and those
    /// of the host network too.
    public var endpoints: [Endpoint]
    /// The tiers besides those that the policies' APIs bring with them.
    public var tiers: [Tier]
    /// In any order; identifiers are unique.
    public var policies: [Policy]
    /// In any order; identifiers are unique. Nothing of them is enforced.
    public var stagedPolicies: [StagedPolicy]
    /// In any order; names are unique.
    public var profiles: [Profile]
    /// In any order; identifiers are unique. Accounts without labels may be missing.
    public var serviceAccounts: [ServiceAccount]
    /// In any order; identifiers are unique.
    public var networkSets: [NetworkSet]
    /// In any order; identifiers are unique.
    public var serviceSlices: [ServiceSlice]
    /// What objects say of how nodes enforce policies, in any order; names are unique.
    public var configurations: [NodeConfiguration]

    /// A state of these objects.
    public init(
        namespaces: [Namespace] = [], nodes: [Node] = [], endpoints: [Endpoint] = [],
        tiers: [Tier] = [.standard], policies: [Policy] = [],
        stagedPolicies: [StagedPolicy] = [], profiles: [Profile] = [],
        serviceAccounts: [ServiceAccount] = [], networkSets: [NetworkSet] = [],
        serviceSlices: [ServiceSlice] = [], configurations: [NodeConfiguration] = []
    ) {
        self.namespaces = namespaces
        self.nodes = nodes
        self.endpoints = endpoints
        self.tiers = tiers
        self.policies = policies
        self.stagedPolicies = stagedPolicies
        self.profiles = profiles
        self.serviceAccounts = serviceAccounts
        self.networkSets = networkSets
        self.serviceSlices = serviceSlices
        self.configurations = configurations
    }
}
