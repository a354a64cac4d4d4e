// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Everything that policies depend on, at one moment.
public struct ClusterState: Hashable, Sendable {
    /// In any order; names are unique. Endpoints may stand in namespaces that are not here.
    public var namespaces: [Namespace]
    /// In any order; names are unique.
    public var nodes: [Node]
    /// All pods of the cluster, in any order, finished ones and those of the host network too.
    public var endpoints: [Endpoint]
    /// The tiers besides those that the policies' APIs bring with them.
    public var tiers: [Tier]
    /// In any order; identifiers are unique.
    public var policies: [Policy]

    /// A state of these objects.
    public init(
        namespaces: [Namespace] = [], nodes: [Node] = [], endpoints: [Endpoint] = [],
        tiers: [Tier] = [.standard], policies: [Policy] = []
    ) {
        self.namespaces = namespaces
        self.nodes = nodes
        self.endpoints = endpoints
        self.tiers = tiers
        self.policies = policies
    }
}
