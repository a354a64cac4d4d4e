// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A set of addresses given by a formula: the union of some endpoints, nodes, Services and network
/// sets, and of some blocks.
///
/// The formula, not its present members, is the set's identity: a pod that comes or goes changes
/// members and nothing else. Programs hold and look up each formula many times, so that its content
/// is shared and hashed once.
public struct MatchSet: Sendable {
    private let formula: Formula

    private final class Formula: Sendable {
        let isEveryone: Bool
        let endpoints: Set<EndpointPeer>
        let networks: AddressSet
        let hash: Int

        init(_ endpoints: Set<EndpointPeer>, _ networks: AddressSet) {
            isEveryone = networks.isFull
            self.endpoints = isEveryone ? [] : endpoints
            self.networks = networks
            var hasher = Hasher()
            hasher.combine(self.endpoints)
            hasher.combine(networks)
            hash = hasher.finalize()
        }
    }

    /// The union of these endpoints and blocks.
    public init(endpoints: Set<EndpointPeer> = [], networks: AddressSet = .empty) {
        formula = Formula(endpoints, networks)
    }

    /// Every address of both families.
    public static let everyone = MatchSet(networks: .full)
    /// No address.
    public static let nobody = MatchSet()

    /// Every address of both families, whatever else is in the formula.
    public var isEveryone: Bool { formula.isEveryone }
    /// Endpoints whose addresses are members; empty where everyone is one.
    public var endpoints: Set<EndpointPeer> { formula.endpoints }
    /// Addresses that are members whoever owns them.
    public var networks: AddressSet { formula.networks }

    /// No address can ever be a member.
    public var isNobody: Bool { !isEveryone && endpoints.isEmpty && networks.isEmpty }

    /// Network sets can be among the members, so that its blocks come and go with them.
    public var mayHoldBlocks: Bool { endpoints.contains(where: \.mayHoldBlocks) }

    /// What tells this formula's object from others; equal formulas may have several.
    var identifier: ObjectIdentifier { ObjectIdentifier(formula) }

    /// The members of any of the sets.
    public static func union(_ sets: [MatchSet]) -> MatchSet {
        if sets.count == 1 { return sets[0] }
        if sets.contains(where: \.isEveryone) { return .everyone }
        var endpoints: Set<EndpointPeer> = []
        for set in sets { endpoints.formUnion(set.endpoints) }
        let networks = sets.map(\.networks).filter { !$0.isEmpty }
        return MatchSet(
            endpoints: endpoints,
            networks: networks.count == 1
                ? networks[0]
                : AddressSet(
                    ipv4: IntervalSet(networks.flatMap(\.ipv4.intervals)),
                    ipv6: IntervalSet(networks.flatMap(\.ipv6.intervals))))
    }
}

extension MatchSet: Hashable {
    public static func == (one: MatchSet, other: MatchSet) -> Bool {
        let (one, other) = (one.formula, other.formula)
        if one === other { return true }
        return one.hash == other.hash && one.endpoints == other.endpoints
            && one.networks == other.networks
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(formula.hash) }
}

extension MatchSet {
    /// The formula's parts as text, in an order of their own; equal for equal formulas only.
    public var parts: [String] {
        if isEveryone { return ["everyone"] }
        return endpoints.map(\.description).sorted() + networks.blocksText
    }
}
