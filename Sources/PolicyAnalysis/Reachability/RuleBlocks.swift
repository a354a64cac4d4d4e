// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Rule {
    /// What each block of the rule holds, whichever part of the rule it stands in. Everybody is not
    /// a block.
    var blocks: [AddressSet] { (peers.list + conditions.own.list).flatMap(\.blocks) }
}

extension Peers {
    /// The peers that are named; none where everybody is meant.
    var list: [Peer] {
        if case .only(let peers) = self { peers } else { [] }
    }
}

extension Peer {
    /// What its blocks hold.
    fileprivate var blocks: [AddressSet] {
        switch self {
        case .network(let block, let exceptions):
            [AddressSet([block]).subtracting(AddressSet(exceptions))]
        case .addresses(let match):
            (match.nets.map { [AddressSet($0)] } ?? [])
                + (match.notNets.isEmpty ? [] : [AddressSet(match.notNets)])
        case .endpoints, .nodes, .service: []
        }
    }
}

extension ClusterState {
    /// The addresses that policies can mean by a name or by labels, though no endpoint has them:
    /// those of each network set and, where policies speak of them, of each node and each Service; and
    /// what the rules of profiles tell apart.
    var namedBlocks: [AddressSet] {
        let peers = (policies + withStagedEnforced.policies).flatMap(\.allRules)
            .flatMap { $0.peers.list + $0.conditions.own.list }
        let speakOfNodes = peers.contains { if case .nodes = $0 { true } else { false } }
        let services = Set(
            peers.compactMap { if case .service(let id) = $0 { id } else { nil } })
        var blocks = networkSets.map { AddressSet($0.blocks) }
        if speakOfNodes { blocks += nodes.map { AddressSet($0.addresses.map(\.block)) } }
        blocks += serviceSlices.filter { services.contains($0.serviceID) }
            .map { AddressSet($0.addresses.map(\.block)) }
        blocks += profiles.flatMap { $0.ingress + $0.egress }.flatMap(\.blocks)
        return blocks.filter { $0 != .empty }
    }
}

extension IPAddress {
    /// The block that holds this address alone.
    fileprivate var block: CIDR { CIDR(self, prefixLength: family == .ipv4 ? 32 : 128) }
}
