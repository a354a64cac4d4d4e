// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyModel

/// A cluster whose node's table is mutated, with what packets and mutations are drawn from.
struct MutationScene {
    let state: ClusterState
    let node: String
    /// The local node's addresses.
    let own: [IPAddress]
    /// Pods', nodes', blocks' ends and some that nobody has, by family.
    let addresses: [AddressFamily: [IPAddress]]
    let ports: [UInt16]

    private static let outside = [
        "203.0.113.7", "8.8.8.8", "169.254.169.254", "10.255.255.255", "192.0.2.1", "2001:db8::7",
        "2606:4700::1111", "fd00:ffff::1",
    ]

    init(_ state: ClusterState, node: String) {
        self.state = state
        self.node = node
        own = state.nodes.filter { $0.name == node }.flatMap(\.addresses).sorted()
        let all =
            state.endpoints.flatMap(\.addresses) + state.nodes.flatMap(\.addresses)
            + Self.outside.map { IPAddress($0)! }
        addresses = Dictionary(grouping: Set(all).sorted(), by: \.family)
        let rules = state.policies.flatMap(\.allRules)
        let named = rules.flatMap { rule -> [UInt16] in
            guard case .only(let ports) = rule.ports else { return [] }
            return ports.flatMap { port -> [UInt16] in
                guard case .numbers(_, let range) = port else { return [] }
                return [
                    range.lowerBound &- 1, range.lowerBound, range.upperBound,
                    range.upperBound &+ 1,
                ]
            }
        }
        let numbers = state.endpoints.flatMap(\.namedPorts).map(\.number)
        ports = Set(named + numbers + [22, 53, 80, 443, 12_345]).sorted()
    }
}
