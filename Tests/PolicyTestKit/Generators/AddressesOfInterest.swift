// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The addresses at which policies may change their mind.
enum AddressesOfInterest {
    /// In ascending order: every pod's and node's, whatever its state; some outside the cluster;
    /// and of every block and exception the first, the last, and their neighbours outside.
    static func of(_ state: ClusterState) -> [IPAddress] {
        let inhabitants = state.endpoints.flatMap(\.addresses) + state.nodes.flatMap(\.addresses)
        let edges = state.policies.flatMap(blocks).flatMap(edges)
        return Set(inhabitants + AddressPlan.outside + edges).sorted()
    }

    /// Every block and every exception that a policy names.
    private static func blocks(_ policy: Policy) -> [CIDR] {
        policy.allRules.flatMap { rule -> [CIDR] in
            guard case .only(let peers) = rule.peers else { return [] }
            return peers.flatMap { peer -> [CIDR] in
                guard case .network(let block, let exceptions) = peer else { return [] }
                return [block] + exceptions
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
