// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// The fewest operations that turn a chain's rules into the wanted ones: each adds, replaces or
/// deletes one rule.
struct RuleListDifference {
    /// What becomes of one rule, in the order of the chain.
    enum Change: Hashable {
        case keep(observed: Int)
        case replace(observed: Int, wanted: Int)
        case insert(wanted: Int)
        case delete(observed: Int)
    }

    private(set) var changes: [Change] = []

    /// - Complexity: O(*n* · *m*) in the rules between the common beginning and the common end.
    init(from observed: [Rule], to wanted: [Rule]) {
        var start = 0
        while start < observed.count, start < wanted.count, observed[start] == wanted[start] {
            start += 1
        }
        var end = 0
        while end < observed.count - start, end < wanted.count - start,
            observed[observed.count - 1 - end] == wanted[wanted.count - 1 - end]
        {
            end += 1
        }
        changes = (0..<start).map { .keep(observed: $0) }
        align(observed, start..<(observed.count - end), wanted, start..<(wanted.count - end))
        changes += ((observed.count - end)..<observed.count).map { .keep(observed: $0) }
    }

    /// Beyond this many pairs the middle is replaced rule by rule instead of aligned.
    private static let alignmentLimit = 1_000_000

    private mutating func align(
        _ observed: [Rule], _ old: Range<Int>, _ wanted: [Rule], _ new: Range<Int>
    ) {
        if old.isEmpty || new.isEmpty || old.count * new.count > Self.alignmentLimit {
            pair(old, new)
            return
        }
        // cost[i][j]: the fewest operations for the rules from i and j on.
        var cost = Array(
            repeating: Array(repeating: 0, count: new.count + 1), count: old.count + 1)
        for i in stride(from: old.count, through: 0, by: -1) {
            for j in stride(from: new.count, through: 0, by: -1) {
                if i == old.count {
                    cost[i][j] = new.count - j
                } else if j == new.count {
                    cost[i][j] = old.count - i
                } else if observed[old.lowerBound + i] == wanted[new.lowerBound + j] {
                    cost[i][j] = cost[i + 1][j + 1]
                } else {
                    cost[i][j] = 1 + min(cost[i + 1][j + 1], cost[i + 1][j], cost[i][j + 1])
                }
            }
        }
        walk(cost, observed, old, wanted, new)
    }

    private mutating func walk(
        _ cost: [[Int]], _ observed: [Rule], _ old: Range<Int>, _ wanted: [Rule], _ new: Range<Int>
    ) {
        var i = 0
        var j = 0
        while i < old.count || j < new.count {
            let (from, to) = (old.lowerBound + i, new.lowerBound + j)
            if i < old.count, j < new.count, observed[from] == wanted[to] {
                changes.append(.keep(observed: from))
                i += 1
                j += 1
            } else if i < old.count, j < new.count, cost[i][j] == 1 + cost[i + 1][j + 1] {
                changes.append(.replace(observed: from, wanted: to))
                i += 1
                j += 1
            } else if j < new.count, cost[i][j] == 1 + cost[i][j + 1] {
                changes.append(.insert(wanted: to))
                j += 1
            } else {
                changes.append(.delete(observed: from))
                i += 1
            }
        }
    }

    private mutating func pair(_ old: Range<Int>, _ new: Range<Int>) {
        let common = min(old.count, new.count)
        for offset in 0..<common {
            changes.append(
                .replace(observed: old.lowerBound + offset, wanted: new.lowerBound + offset))
        }
        changes += old.dropFirst(common).map { .delete(observed: $0) }
        changes += new.dropFirst(common).map { .insert(wanted: $0) }
    }
}
