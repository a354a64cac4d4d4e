// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyTestKit
import Testing

@testable import RulesetDiff

@Suite struct RuleListDifferenceTests {
    private func rules(_ letters: [Int]) -> [Rule] {
        letters.map { Rule([.counter, .verdict(.jump("\($0)"))]) }
    }

    /// The fewest additions, replacements and deletions, by trying them all.
    private func bruteForce(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>) -> Int {
        guard let first = old.first else { return new.count }
        guard let wanted = new.first else { return old.count }
        let rest = bruteForce(old.dropFirst(), new.dropFirst()) + (first == wanted ? 0 : 1)
        return min(
            rest, 1 + bruteForce(old.dropFirst(), new), 1 + bruteForce(old, new.dropFirst()))
    }

    @Test("As few operations as brute force finds, and they lead to the wanted rules")
    func isMinimal() throws {
        var random = SeededGenerator(seed: 7)
        for round in 0..<400 {
            let old = (0..<random.number(in: 0...6)).map { _ in random.number(in: 0...3) }
            let new = (0..<random.number(in: 0...6)).map { _ in random.number(in: 0...3) }
            let changes = RuleListDifference(from: rules(old), to: rules(new)).changes
            var result: [Int] = []
            var cost = 0
            for change in changes {
                switch change {
                case .keep(let observed): result.append(old[observed])
                case .replace(_, let wanted), .insert(let wanted):
                    result.append(new[wanted])
                    cost += 1
                case .delete: cost += 1
                }
            }
            try #require(result == new, "round \(round): \(old) to \(new)")
            try #require(cost == bruteForce(old[...], new[...]), "round \(round): \(old) to \(new)")
        }
    }
}
