// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A rule as seen by one class: for which ports, which peers, on what conditions, and what then.
/// Named ports are dissolved into numbers.
struct Clause {
    /// The position of the rule's tier in the class's stack.
    var tier: Int
    var action: Action
    var peers: MatchSet
    var conditions: RunConditions
    var scope: TransportSpace
    var policy: String

    /// Every packet of the scope is meant.
    var isForEveryone: Bool { peers.isEveryone && conditions.isEmpty }
}

extension Clause {
    /// The clauses of a class in the order in which they are asked; those that can match nothing
    /// are left out.
    static func list(for endpoints: EndpointClass, _ directory: some PeerDirectory) -> [Clause] {
        var clauses: [Clause] = []
        for (tier, layer) in endpoints.tiers.enumerated() {
            for policy in layer.policies {
                let name = policy.id.description
                for rule in policy.rules(endpoints.direction) ?? [] {
                    let reading = RuleReading(
                        rule: rule, endpoints: endpoints, directory: directory)
                    for part in reading.parts {
                        let clause = Clause(
                            tier: tier, action: rule.action, peers: part.peers,
                            conditions: part.conditions, scope: part.scope,
                            policy: name)
                        if let last = clauses.indices.last, clauses[last].differsInScopeOnly(clause)
                        {
                            clauses[last].scope = clauses[last].scope.union(clause.scope)
                        } else {
                            clauses.append(clause)
                        }
                    }
                }
            }
        }
        return clauses
    }

    /// Whether the two, one behind the other, are one clause for the ports of both.
    private func differsInScopeOnly(_ other: Clause) -> Bool {
        tier == other.tier && action == other.action && policy == other.policy
            && peers == other.peers && conditions == other.conditions
    }
}
