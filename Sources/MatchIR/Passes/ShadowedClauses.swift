// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Leaves out clauses that no packet comes to, because clauses before them in their tier decide
/// otherwise about all that they mean.
///
/// A clause is compared with those for the same peers and with those for everyone, which is what people
/// write; the work grows with the clauses and not with their pairs. Clauses that earlier ones with the
/// same action cover are kept: the union takes them in for nothing, and the ruleset says that they apply.
struct ShadowedClauses {
    /// For each peers, what has been decided about them so far in the tier, by action.
    private var decided: [MatchSet: [Decision]] = [:]
    private var tier = 0

    private struct Decision {
        var action: Kind
        var scope: TransportSpace
    }

    private enum Kind {
        case allow
        case deny
        case pass

        /// What a clause decides; nil if it decides nothing.
        init?(_ clause: Clause) {
            switch clause.action {
            case .allow: self = .allow
            case .deny: self = .deny
            case .pass: self = .pass
            case .log: return nil
            }
        }
    }

    /// The clauses that some packet can come to, as far as this shows.
    static func removed(from clauses: [Clause]) -> [Clause] {
        // Where all do the same, as Kubernetes' policies do, none is in another's shadow.
        guard let first = clauses.first,
            clauses.contains(where: { Kind($0) != Kind(first) })
        else { return clauses }
        var shadows = ShadowedClauses()
        return clauses.filter { shadows.isReached($0) }
    }

    private mutating func isReached(_ clause: Clause) -> Bool {
        if clause.tier != tier {
            decided = [:]
            tier = clause.tier
        }
        let kind = Kind(clause)
        let before = (decided[clause.peers] ?? []) + (decided[.everyone] ?? [])
        let others = before.filter { $0.action != kind }
            .reduce(TransportSpace.nothing) { $0.union($1.scope) }
        if !others.isEmpty, clause.scope.subtracting(others).isEmpty { return false }
        if let kind, clause.conditions.isEmpty { note(kind, clause) }
        return true
    }

    private mutating func note(_ kind: Kind, _ clause: Clause) {
        var decisions = decided[clause.peers] ?? []
        if let position = decisions.firstIndex(where: { $0.action == kind }) {
            decisions[position].scope = decisions[position].scope.union(clause.scope)
        } else {
            decisions.append(Decision(action: kind, scope: clause.scope))
        }
        decided[clause.peers] = decisions
    }
}
