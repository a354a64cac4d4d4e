// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Endpoints that share a decision program: they have the same ordered policies, the same numbers
/// for the named ports that these mention, and addresses of the same families.
public struct EndpointClass: Hashable, Sendable {
    public var direction: Direction
    /// The tiers that have a say and their policies, in order.
    public var tiers: [Layer]
    /// The endpoint's named ports that the policies mention, ascending; empty on egress, where
    /// names are the peers' (S28).
    public var namedPorts: [NamedPort]
    public var families: Set<AddressFamily>

    public struct Layer: Hashable, Sendable {
        public var defaultAction: Tier.DefaultAction
        public var policies: [Policy]

        public init(defaultAction: Tier.DefaultAction, policies: [Policy]) {
            self.defaultAction = defaultAction
            self.policies = policies
        }
    }

    /// The class of an endpoint with these named ports.
    public init(
        direction: Direction, tiers: [Layer], namedPorts: some Sequence<NamedPort>,
        families: Set<AddressFamily>
    ) {
        self.direction = direction
        self.tiers = tiers
        self.families = families
        let names =
            direction == .ingress ? Self.mentionedNames(tiers, direction: direction) : []
        self.namedPorts = Array(Set(namedPorts.filter { names.contains($0.name) })).sorted()
    }

    private static func mentionedNames(_ tiers: [Layer], direction: Direction) -> Set<String> {
        var names: Set<String> = []
        for rule in tiers.flatMap(\.policies).flatMap({ $0.rules(direction) ?? [] }) {
            guard case .only(let ports) = rule.ports else { continue }
            for case .named(_, let name) in ports { names.insert(name) }
        }
        return names
    }
}
