// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// What only endpoints of Calico's own kinds tell of themselves. Immutable, and shared by the
/// copies of its endpoint.
public final class EndpointParticulars: Hashable, Sendable {
    /// The node's interface behind which the endpoint stands, or which a host endpoint is; `*` for
    /// all of the node's interfaces; nil where it is not known (`spec.interfaceName`).
    public let interface: String?
    /// The profiles that decide behind the tiers, in order (`spec.profiles`); nil for those that
    /// every pod has: `kns.` and its namespace, `ksa.` and its service account.
    public let profiles: [String]?
    /// Blocks from which it may send besides its own addresses (S50).
    public let allowedSources: [CIDR]
    /// Who runs it, for example `openstack`; nil for a pod (`spec.orchestrator`).
    public let orchestrator: String?

    /// A value of these parts.
    public init(
        interface: String? = nil, profiles: [String]? = nil, allowedSources: [CIDR] = [],
        orchestrator: String? = nil
    ) {
        self.interface = interface
        self.profiles = profiles
        self.allowedSources = allowedSources
        self.orchestrator = orchestrator
    }

    /// The same with further blocks from which it may send.
    package func allowing(_ sources: [CIDR]) -> EndpointParticulars {
        let new = sources.filter { !allowedSources.contains($0) }
        if new.isEmpty { return self }
        return EndpointParticulars(
            interface: interface, profiles: profiles, allowedSources: allowedSources + new,
            orchestrator: orchestrator)
    }

    public static func == (left: EndpointParticulars, right: EndpointParticulars) -> Bool {
        left === right
            || left.interface == right.interface && left.profiles == right.profiles
                && left.allowedSources == right.allowedSources
                && left.orchestrator == right.orchestrator
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(interface)
        hasher.combine(profiles)
        hasher.combine(allowedSources)
        hasher.combine(orchestrator)
    }

    /// The interface that stands for all of a node's.
    public static let everyInterface = "*"
}
