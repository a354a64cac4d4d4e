// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Endpoints that share a decision program: they have the same ordered policies, the same numbers
/// for the named ports that these mention, and addresses of the same families.
public struct EndpointClass: Hashable, Sendable {
    /// The side of the packet on which the endpoints stand.
    public var direction: Direction
    /// Which of their packets are meant.
    public var stage: Stage
    /// The tiers that have a say and their policies, in order.
    public var tiers: [Layer]
    /// The endpoint's named ports that the policies mention, ascending: as the destination's on
    /// ingress, as the source's on egress, where destinations' names are the peers' (S28).
    public var namedPorts: [NamedPort]
    /// The families in which the endpoints have addresses.
    public var families: Set<AddressFamily>

    /// One tier of the class's stack.
    public struct Layer: Hashable, Sendable {
        /// What becomes of packets that none of its policies decides.
        public var defaultAction: Tier.DefaultAction
        /// The tier's policies that select the endpoints, in order.
        public var policies: [Policy]

        /// A tier with these policies.
        public init(defaultAction: Tier.DefaultAction, policies: [Policy]) {
            self.defaultAction = defaultAction
            self.policies = policies
        }
    }

    /// The class of an endpoint with these named ports.
    public init(
        direction: Direction, stage: Stage = .workload, tiers: [Layer],
        namedPorts: some Sequence<NamedPort>, families: Set<AddressFamily>
    ) {
        self.direction = direction
        self.stage = stage
        self.tiers = tiers
        self.families = families
        let names = Self.mentionedNames(tiers, direction: direction)
        self.namedPorts = Array(Set(namedPorts.filter { names.contains($0.name) })).sorted()
    }

    private static func mentionedNames(_ tiers: [Layer], direction: Direction) -> Set<String> {
        var names: Set<String> = []
        for rule in tiers.flatMap(\.policies).flatMap({ $0.rules(direction) ?? [] }) {
            names.formUnion(rule.names(ofOwnPort: direction))
        }
        return names
    }
}

extension Rule {
    /// The port names that stand for numbers of the endpoint that is judged.
    fileprivate func names(ofOwnPort direction: Direction) -> [String] {
        let (ports, excepted) =
            direction == .ingress
            ? (ports, conditions.exceptPorts)
            : (conditions.sourcePorts, conditions.exceptSourcePorts)
        var all = excepted
        if case .only(let matches) = ports { all += matches }
        return all.compactMap { if case .named(_, let name) = $0 { name } else { nil } }
    }
}
