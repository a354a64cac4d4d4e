// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Some of the addresses that a rule's peers stand for: those in one set and not in another, for
/// packets in a part of the transport space.
struct AddressPart {
    var members: MatchSet
    var excluded: MatchSet = .nobody
    var scope: TransportSpace = .everything

    /// The parts of some peers. Those about which nothing else is asked make one set.
    ///
    /// - Parameter isDestination: whether it is the packet's destination that is asked for: a
    ///   Service then stands for its ports too.
    static func list(
        _ peers: Peers, isDestination: Bool, _ directory: some PeerDirectory
    ) -> [AddressPart] {
        guard case .only(let peers) = peers else { return [AddressPart(members: .everyone)] }
        var plain: [MatchSet] = []
        var others: [AddressPart] = []
        for part in peers.flatMap({ list($0, isDestination: isDestination, directory) }) {
            if part.excluded.isNobody, part.scope.isEverything {
                plain.append(part.members)
            } else {
                others.append(part)
            }
        }
        let union = MatchSet.union(plain)
        return union.isNobody ? others : [AddressPart(members: union)] + others
    }

    /// The parts of one peer.
    static func list(
        _ peer: Peer, isDestination: Bool, _ directory: some PeerDirectory
    ) -> [AddressPart] {
        switch peer {
        case .endpoints(let selector):
            [AddressPart(members: MatchSet(endpoints: [EndpointPeer(selector)]))]
        case .network(let block, let excepted):
            [AddressPart(members: MatchSet(networks: AddressSet(block, except: excepted)))]
        case .addresses(let match): [AddressPart(match)]
        case .nodes(let selector):
            [AddressPart(members: MatchSet(endpoints: [EndpointPeer(nodes: selector)]))]
        case .service(let id) where isDestination:
            directory.ports(of: id).map { port in
                AddressPart(
                    members: MatchSet(endpoints: [EndpointPeer(id, port: port)]),
                    scope: TransportSpace(port.transport, port.number...port.number))
            }
        case .service(let id): [AddressPart(members: MatchSet(endpoints: [EndpointPeer(id)]))]
        }
    }

    private init(members: MatchSet, scope: TransportSpace = .everything) {
        self.members = members
        self.scope = scope
    }

    private init(_ match: AddressMatch) {
        let blocks = match.blocks
        if let selector = match.selector {
            members =
                blocks?.isEmpty ?? false
                ? .nobody : MatchSet(endpoints: [EndpointPeer(selector, within: blocks)])
        } else {
            members = blocks.map { MatchSet(networks: $0) } ?? .everyone
        }
        if let selector = match.notSelector {
            excluded = MatchSet(endpoints: [EndpointPeer(selector)])
        }
    }
}

extension AddressMatch {
    /// The addresses that the blocks leave; nil where no block says anything (S66).
    var blocks: AddressSet? {
        if nets == nil, notNets.isEmpty { return nil }
        return (nets.map(AddressSet.init) ?? .full).subtracting(AddressSet(notNets))
    }
}

extension AddressSet {
    init(_ block: CIDR, except excepted: [CIDR]) {
        self = AddressSet([block]).subtracting(AddressSet(excepted))
    }
}
