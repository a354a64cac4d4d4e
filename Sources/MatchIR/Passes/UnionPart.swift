// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// One of those whom a union of peers has taken in.
enum UnionPart: Hashable, Sendable {
    /// The addresses of some endpoints.
    case peer(EndpointPeer)
    /// All blocks of the union.
    case networks(AddressSet)
}

extension MatchSet {
    /// Whom the union has taken in; nobody where everyone is meant.
    var unionParts: [UnionPart] {
        if isEveryone { return [] }
        return endpoints.map(UnionPart.peer)
            + (networks.isEmpty ? [] : [.networks(networks)])
    }

    /// The union of some parts.
    init(_ parts: some Sequence<UnionPart>) {
        var endpoints: Set<EndpointPeer> = []
        var networks = AddressSet.empty
        for part in parts {
            switch part {
            case .peer(let peer): endpoints.insert(peer)
            case .networks(let blocks): networks = networks.union(blocks)
            }
        }
        self.init(endpoints: endpoints, networks: networks)
    }
}
