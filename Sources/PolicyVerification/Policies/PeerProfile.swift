// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What policies can see of an endpoint that is a peer: endpoints with the same profile are the
/// same to them.
struct PeerProfile: Hashable, Sendable {
    var namespace: String
    /// Those of its labels that some selector mentions.
    var labels: [String: String]
    /// Those of its named ports that some rule mentions.
    var namedPorts: Set<NamedPort>

    /// What can be seen, and the profile of an endpoint under it.
    struct Sight: Sendable {
        private(set) var labelKeys: Set<String> = []
        private(set) var portNames: Set<String> = []

        /// All that the rules of these policies mention.
        init(_ policies: some Sequence<Policy>) {
            for policy in policies {
                for rule in (policy.ingress ?? []) + (policy.egress ?? []) { add(rule) }
            }
        }

        private mutating func add(_ rule: Rule) {
            if case .only(let peers) = rule.peers {
                for case .endpoints(let selector) in peers { add(selector.labels) }
            }
            if case .only(let ports) = rule.ports {
                for case .named(_, let name) in ports { portNames.insert(name) }
            }
        }

        private mutating func add(_ selector: Selector) {
            switch selector {
            case .everything: break
            case .has(let key), .isOneOf(let key, _): labelKeys.insert(key)
            case .not(let operand): add(operand)
            case .all(let operands), .any(let operands): for operand in operands { add(operand) }
            }
        }

        func profile(of endpoint: Endpoint) -> PeerProfile {
            PeerProfile(
                namespace: endpoint.id.namespace,
                labels: endpoint.labels.filter { labelKeys.contains($0.key) },
                namedPorts: portNames.isEmpty
                    ? [] : Set(endpoint.namedPorts.filter { portNames.contains($0.name) }))
        }
    }
}
