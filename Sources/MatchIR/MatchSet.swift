// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A set of addresses given by a formula: the union of some endpoints, nodes, Services and network
/// sets, and of some blocks.
///
/// The formula, not its present members, is the set's identity: a pod that comes or goes changes
/// members and nothing else.
public struct MatchSet: Hashable, Sendable {
    /// Every address of both families, whatever else is in the formula.
    public var isEveryone: Bool
    /// Endpoints whose addresses are members; empty where everyone is one.
    public var endpoints: Set<EndpointPeer>
    /// Addresses that are members whoever owns them.
    public var networks: AddressSet

    /// The union of these endpoints and blocks.
    public init(endpoints: Set<EndpointPeer> = [], networks: AddressSet = .empty) {
        isEveryone = networks.isFull
        self.endpoints = networks.isFull ? [] : endpoints
        self.networks = networks
    }

    /// Every address of both families.
    public static let everyone = MatchSet(networks: .full)
    /// No address.
    public static let nobody = MatchSet()

    /// No address can ever be a member.
    public var isNobody: Bool { !isEveryone && endpoints.isEmpty && networks.isEmpty }

    /// Network sets can be among the members, so that its blocks come and go with them.
    public var mayHoldBlocks: Bool { endpoints.contains(where: \.mayHoldBlocks) }

    /// Adds the members of another set.
    public mutating func formUnion(_ other: MatchSet) {
        if isEveryone || other.isEveryone {
            self = .everyone
            return
        }
        endpoints.formUnion(other.endpoints)
        networks = networks.union(other.networks)
        if networks.isFull { self = .everyone }
    }
}

extension MatchSet {
    /// The formula's parts as text, in an order of their own; equal for equal formulas only.
    public var parts: [String] {
        if isEveryone { return ["everyone"] }
        return endpoints.map(\.description).sorted() + networks.blocksText
    }
}
