// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The policies that govern one local endpoint in one direction, in the order in which they are
/// asked.
public struct PolicyStack: Hashable, Sendable {
    /// The tiers that have a say, first to last; each with at least one policy, but for
    /// ``Profile/tier``, which closes an endpoint without profiles.
    public var tiers: [Layer]

    /// One tier of a stack.
    public struct Layer: Hashable, Sendable {
        /// The tier, for its default action.
        public var tier: Tier
        /// Its policies that govern the endpoint, in order.
        public var policies: [Policy]

        /// A tier with these policies.
        public init(tier: Tier, policies: [Policy]) {
            self.tier = tier
            self.policies = policies
        }
    }

    /// A stack of these tiers, first to last.
    public init(tiers: [Layer]) { self.tiers = tiers }

    /// No policy governs the endpoint: every packet is allowed (S2).
    public var isEmpty: Bool { tiers.isEmpty }
}

/// An endpoint of this node with its addresses and the policies that govern it.
public struct LocalEndpoint: Hashable, Sendable {
    /// The endpoint as the cluster knows it.
    public var endpoint: Endpoint
    /// The addresses that it owns.
    public var addresses: EndpointAddresses
    /// The policies for packets to it.
    public var ingress: PolicyStack
    /// The policies for packets from it.
    public var egress: PolicyStack

    /// An endpoint with its addresses and policies.
    public init(
        endpoint: Endpoint, addresses: EndpointAddresses, ingress: PolicyStack, egress: PolicyStack
    ) {
        self.endpoint = endpoint
        self.addresses = addresses
        self.ingress = ingress
        self.egress = egress
    }
}
