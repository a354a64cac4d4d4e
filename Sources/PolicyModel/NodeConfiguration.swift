// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What one object says of how nodes enforce policies: Calico's FelixConfiguration, and of the
/// tunnels between nodes its IPPool. The configuration `default` speaks of every node, `node.` and a
/// node's name of that node, which has the last word; pools speak first.
public struct NodeConfiguration: Hashable, Sendable {
    /// `default`, or `node.` and a node's name; configurations of other names say nothing. Of a pool
    /// its name behind ``poolPrefix``.
    public var name: String
    /// As in ``EnforcementSettings``; nil where the object does not say.
    public var denyAction: EnforcementSettings.DenyAction?
    public var endpointToHost: EnforcementSettings.EndpointToHost?
    public var allowsFurtherSources: Bool?
    public var failsafeInbound: [EnforcementSettings.FailsafePort]?
    public var failsafeOutbound: [EnforcementSettings.FailsafePort]?
    /// What it says of tunnels.
    public var tunnels: TunnelConfiguration

    /// How the names of pools begin; no configuration can be called so.
    public static let poolPrefix = "IPPool/"

    /// What an object of this name says.
    public init(
        name: String, denyAction: EnforcementSettings.DenyAction? = nil,
        endpointToHost: EnforcementSettings.EndpointToHost? = nil,
        allowsFurtherSources: Bool? = nil,
        failsafeInbound: [EnforcementSettings.FailsafePort]? = nil,
        failsafeOutbound: [EnforcementSettings.FailsafePort]? = nil,
        tunnels: TunnelConfiguration = TunnelConfiguration()
    ) {
        self.name = name
        self.denyAction = denyAction
        self.endpointToHost = endpointToHost
        self.allowsFurtherSources = allowsFurtherSources
        self.failsafeInbound = failsafeInbound
        self.failsafeOutbound = failsafeOutbound
        self.tunnels = tunnels
    }
}

extension EnforcementSettings {
    /// The settings of a node, from what objects say in any order.
    public init(_ configurations: some Sequence<NodeConfiguration>, node: String) {
        self.init()
        let own = "node.\(node)"
        var tunnels = configurations.filter { $0.name.hasPrefix(NodeConfiguration.poolPrefix) }
            .reduce(TunnelConfiguration()) { $0.joined(with: $1.tunnels) }
        let relevant = configurations.filter { $0.name == "default" || $0.name == own }
        for configuration in relevant.sorted(by: { $0.name != own && $1.name == own }) {
            denyAction = configuration.denyAction ?? denyAction
            endpointToHost = configuration.endpointToHost ?? endpointToHost
            allowsFurtherSources = configuration.allowsFurtherSources ?? allowsFurtherSources
            failsafeInbound = configuration.failsafeInbound ?? failsafeInbound
            failsafeOutbound = configuration.failsafeOutbound ?? failsafeOutbound
            tunnels = tunnels.overridden(by: configuration.tunnels)
        }
        self.tunnels = TunnelSettings(tunnels)
    }
}
