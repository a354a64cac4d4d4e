// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// The addresses that rules name otherwise than by their blocks and pods' labels: by network sets,
/// nodes, Services and conditions on several things at once.
struct NamedNetworks {
    private let state: ClusterState

    init(_ state: ClusterState) { self.state = state }

    /// Sets of addresses that tell apart whatever the rules' peers tell apart outside; empty ones
    /// are left out.
    func all(of rules: [Rule]) -> [AddressSet] {
        let peers = Set(rules.flatMap { $0.peers.entries })
        let selectors = Set(peers.flatMap(\.selectors))
        return (peers.flatMap(networks) + selectors.flatMap(networks))
            .filter { $0 != .empty }
    }

    private func networks(of peer: Peer) -> [AddressSet] {
        switch peer {
        case .endpoints, .network: return []
        case .addresses(let match):
            return [match.nets, match.notNets].compactMap(\.self).map { AddressSet($0) }
        case .nodes(let selector):
            let nodes = state.nodes.filter { selector.matches($0.labels) }
            return [Self.points(nodes.flatMap(\.addresses))]
        case .service(let id):
            return state.serviceSlices.filter { $0.serviceID == id }
                .map { Self.points($0.addresses) }
        }
    }

    /// The network sets that a selector finds.
    private func networks(of selector: EndpointSelector) -> [AddressSet] {
        let found = state.networkSets.filter { set in
            let namespace = set.id.namespace.map { name in
                state.namespaces.first { $0.name == name } ?? Namespace(name: name)
            }
            return selector.matches(
                SelectorTarget(set, namespaceLabels: namespace?.effectiveLabels ?? [:]))
        }
        return [AddressSet(found.flatMap(\.blocks))]
    }

    private static func points(_ addresses: [IPAddress]) -> AddressSet {
        AddressSet(addresses.map { CIDR($0, prefixLength: $0.family == .ipv4 ? 32 : 128) })
    }
}

extension Peers {
    /// The entries; everybody is none.
    fileprivate var entries: [Peer] {
        if case .only(let peers) = self { peers } else { [] }
    }
}

extension Profile {
    /// The rules of both directions.
    var allRules: [Rule] { ingress + egress }
}
