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
        for tier in tiers {
            for policy in tier.policies {
                for rule in policy.rules(direction) ?? [] {
                    rule.insertNames(ofOwnPort: direction, into: &names)
                }
            }
        }
        return names
    }
}

extension Rule {
    /// Adds the port names that stand for numbers of the endpoint that is judged.
    fileprivate func insertNames(ofOwnPort direction: Direction, into names: inout Set<String>) {
        let isDestination = direction == .ingress
        if case .only(let matches) = isDestination ? ports : conditions.sourcePorts {
            for case .named(_, let name) in matches { names.insert(name) }
        }
        let excepted =
            isDestination ? conditions.exceptPorts : conditions.exceptSourcePorts
        for case .named(_, let name) in excepted { names.insert(name) }
    }
}
