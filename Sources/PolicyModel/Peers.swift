// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// The other side of a rule.
public enum Peers: Hashable, Sendable {
    /// Everybody, outside the cluster too (S6).
    case anyone
    /// Whoever any of these stands for; an empty list is nobody (S9).
    case only([Peer])
}

/// One entry of a rule's list of peers.
public enum Peer: Hashable, Sendable {
    /// The addresses of the endpoints that the selector matches.
    case endpoints(EndpointSelector)
    /// The addresses of a block, whoever owns them (S15), without the excepted ones, which are
    /// carved from this block only (S16).
    case network(CIDR, except: [CIDR])
    /// Addresses that meet several conditions at once.
    case addresses(AddressMatch)
    /// All addresses of the nodes whose labels match (S56).
    case nodes(Selector)
    /// The endpoints behind a Service. As a destination it stands for their addresses with the
    /// Service's ports, as a source for their addresses.
    case service(ServiceID)
}
