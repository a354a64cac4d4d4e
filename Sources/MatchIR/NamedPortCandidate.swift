// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Endpoints among which a rule's named port is looked for: those of a selector, confined to blocks
/// and to a part of all addresses.
struct NamedPortCandidate {
    var selector: EndpointSelector = .everyEndpoint
    var within: AddressSet?
    /// What their addresses must be in besides; nil where that is nothing.
    var further: AddressPart?

    static func list(_ peers: Peers, _ directory: some PeerDirectory) -> [NamedPortCandidate] {
        guard case .only(let list) = peers else { return [NamedPortCandidate()] }
        return list.flatMap { Self.list($0, directory) }
    }

    private static func list(
        _ peer: Peer, _ directory: some PeerDirectory
    ) -> [NamedPortCandidate] {
        switch peer {
        case .endpoints(let selector) where selector.reach == .pods:
            return [NamedPortCandidate(selector: selector)]
        case .network(let block, let excepted):
            return [NamedPortCandidate(within: AddressSet(block, except: excepted))]
        case .endpoints, .addresses, .nodes, .service:
            // A network set may hold the address of an endpoint that the selector does not match.
            return AddressPart.list(peer, isDestination: true, directory)
                .map { NamedPortCandidate(further: $0) }
        }
    }
}
