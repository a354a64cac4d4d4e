// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Everything that policies depend on, at one moment.
public struct ClusterState: Hashable, Sendable {
    public var namespaces: [Namespace]
    public var nodes: [Node]
    public var endpoints: [Endpoint]
    /// The tiers besides those that the policies' APIs bring with them.
    public var tiers: [Tier]
    public var policies: [Policy]

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
