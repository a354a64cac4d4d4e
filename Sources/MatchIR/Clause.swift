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
    var origin: RuleOrigin

    /// Every packet of the scope is meant.
    var isForEveryone: Bool { peers.isEveryone && conditions.isEmpty }
}

extension Clause {
    /// The clauses of a class in the order in which they are asked, without those that can match
    /// nothing, and where its policies come from.
    ///
    /// - Parameter numbers: the book's numbers of the policies.
    static func list(
        for endpoints: EndpointClass, _ numbers: [[Int]], _ directory: some PeerDirectory,
        _ book: inout ClauseBook
    ) -> (clauses: [Clause], policies: [RuleOrigin]) {
        book.open(for: endpoints)
        var clauses: [Clause] = []
        var policies: [RuleOrigin] = []
        for (tier, layer) in endpoints.tiers.enumerated() {
            for (position, number) in numbers[tier].enumerated() {
                let entry = book.entry(
                    number, for: layer.policies[position], of: endpoints, directory)
                policies.append(entry.whole)
                let start = clauses.count
                clauses += entry.clauses
                for position in start..<clauses.count { clauses[position].tier = tier }
            }
        }
        return (clauses, policies)
    }

    /// The clauses of one policy, for a tier that is yet to be told.
    ///
    /// - Parameter whole: the policy.
    static func list(
        of policy: Policy, _ whole: RuleOrigin, for endpoints: EndpointClass,
        _ directory: some PeerDirectory
    ) -> [Clause] {
        var clauses: [Clause] = []
        for (index, rule) in (policy.rules(endpoints.direction) ?? []).enumerated() {
            let origin = RuleOrigin(whole, endpoints.direction, rule: index, name: rule.name)
            let reading = RuleReading(rule: rule, endpoints: endpoints, directory: directory)
            for part in reading.parts {
                let clause = Clause(
                    tier: 0, action: rule.action, peers: part.peers,
                    conditions: part.conditions, scope: part.scope, origin: origin)
                if let last = clauses.indices.last, clauses[last].differsInScopeOnly(clause) {
                    clauses[last].scope = clauses[last].scope.union(clause.scope)
                } else {
                    clauses.append(clause)
                }
            }
        }
        return clauses
    }

    /// Whether the two, one behind the other in one policy, are one clause for the ports of both.
    private func differsInScopeOnly(_ other: Clause) -> Bool {
        action == other.action && origin == other.origin && peers == other.peers
            && conditions == other.conditions
    }
}
