// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The addresses at which policies may change their mind.
enum AddressesOfInterest {
    /// In ascending order: every pod's and node's, whatever its state, and those of Services; some
    /// outside the cluster; and of every block and exception the first, the last, and their
    /// neighbours outside.
    static func of(_ state: ClusterState) -> [IPAddress] {
        let inhabitants = state.endpoints.flatMap(\.addresses) + state.nodes.flatMap(\.addresses)
        let blocks = state.everyRule.flatMap(blocks) + state.networkSets.flatMap(\.blocks)
        let served = state.serviceSlices.flatMap(\.addresses)
        return Set(inhabitants + served + AddressPlan.outside + blocks.flatMap(edges)).sorted()
    }

    /// Every block and every exception that a rule names.
    private static func blocks(_ rule: Rule) -> [CIDR] {
        [rule.peers, rule.conditions.own].flatMap { peers -> [CIDR] in
            guard case .only(let list) = peers else { return [] }
            return list.flatMap { peer -> [CIDR] in
                switch peer {
                case .network(let block, let exceptions): [block] + exceptions
                case .addresses(let match): (match.nets ?? []) + match.notNets
                case .endpoints, .nodes, .service: []
                }
            }
        }
    }

    private static func edges(_ block: CIDR) -> [IPAddress] {
        switch block.network {
        case .ipv4(let bits): edges(bits, block.prefixLength).map(IPAddress.ipv4)
        case .ipv6(let bits): edges(bits, block.prefixLength).map(IPAddress.ipv6)
        }
    }

    private static func edges<Bits: AddressBits>(_ first: Bits, _ length: Int) -> [Bits] {
        let last = first | ~Bits.prefixMask(length)
        return [first, last]
            + (first == .min ? [] : [first - 1]) + (last == .max ? [] : [last + 1])
    }
}

extension ClusterState {
    /// The rules of policies and profiles.
    var everyRule: [Rule] {
        policies.flatMap(\.allRules) + profiles.flatMap { $0.ingress + $0.egress }
    }
}
