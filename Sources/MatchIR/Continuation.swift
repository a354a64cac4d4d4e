// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The cell of the tiers behind one, to which rules that pass lead.
///
/// Many runs of a cell lead to the same one, whose runs can lead to a further one. It is an object
/// and hashed once, so that a cell costs as much as its runs and not as the ways through them.
public final class Continuation: Sendable {
    /// What decides there.
    public let cell: Cell
    private let hash: Int

    /// Goes on in this cell.
    public init(_ cell: Cell) {
        self.cell = cell
        hash = cell.hashValue
    }

    /// The cells that are known to be equal, while others that lead to them are compared.
    struct Equalities {
        private var pairs: Set<Pair> = []

        private struct Pair: Hashable {
            var one: ObjectIdentifier
            var other: ObjectIdentifier
        }

        mutating func areEqual(_ one: Continuation, _ other: Continuation) -> Bool {
            if one === other { return true }
            guard one.hash == other.hash else { return false }
            let pair = Pair(one: ObjectIdentifier(one), other: ObjectIdentifier(other))
            if pairs.contains(pair) { return true }
            guard one.cell.equals(other.cell, &self) else { return false }
            pairs.insert(pair)
            return true
        }
    }
}

extension Continuation: Hashable {
    public static func == (one: Continuation, other: Continuation) -> Bool {
        var known = Equalities()
        return known.areEqual(one, other)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

extension Cell: Hashable {
    /// Takes in what mostly tells cells apart, and of long lists only how long they are and who
    /// comes last.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ending)
        hasher.combine(policies.count)
        hasher.combine(policies.last)
        hasher.combine(runs.count)
        for run in runs {
            hasher.combine(run.peers)
            if !run.conditions.isEmpty { hasher.combine(run.conditions) }
            hasher.combine(run.action)
            hasher.combine(run.origins.count)
            hasher.combine(run.origins.last)
        }
    }

    public static func == (one: Cell, other: Cell) -> Bool {
        var known = Continuation.Equalities()
        return one.equals(other, &known)
    }

    fileprivate func equals(_ other: Cell, _ known: inout Continuation.Equalities) -> Bool {
        guard ending == other.ending, endingOrigin == other.endingOrigin,
            policies == other.policies, runs.count == other.runs.count
        else { return false }
        for (run, further) in zip(runs, other.runs) {
            guard run.peers == further.peers, run.conditions == further.conditions,
                run.origins == further.origins
            else { return false }
            if case .resume(let next) = run.action, case .resume(let last) = further.action {
                guard known.areEqual(next, last) else { return false }
            } else if run.action != further.action {
                return false
            }
        }
        return true
    }
}
