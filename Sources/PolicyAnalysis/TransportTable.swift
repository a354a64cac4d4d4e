// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Sets of transports by number, and their unions and intersections, each worked out once.
struct TransportTable {
    private(set) var sets: [TransportSet] = [.none, .all]
    private var numbers: [TransportSet: Int32] = [.none: 0, .all: 1]
    private var unions: [Pair: Int32] = [:]
    private var intersections: [Pair: Int32] = [:]

    /// The number of the empty set.
    static let none: Int32 = 0
    /// The number of the set of everything.
    static let all: Int32 = 1

    private struct Pair: Hashable {
        var left: Int32
        var right: Int32
    }

    mutating func number(of set: TransportSet) -> Int32 {
        if let known = numbers[set] { return known }
        let number = Int32(sets.count)
        sets.append(set)
        numbers[set] = number
        return number
    }

    mutating func union(_ left: Int32, _ right: Int32) -> Int32 {
        if left == right || right == Self.none || left == Self.all { return left }
        if left == Self.none || right == Self.all { return right }
        let pair = Pair(left: min(left, right), right: max(left, right))
        if let known = unions[pair] { return known }
        let result = number(of: sets[Int(left)].union(sets[Int(right)]))
        unions[pair] = result
        return result
    }

    mutating func intersection(_ left: Int32, _ right: Int32) -> Int32 {
        if left == right || right == Self.all || left == Self.none { return left }
        if left == Self.all || right == Self.none { return right }
        let pair = Pair(left: min(left, right), right: max(left, right))
        if let known = intersections[pair] { return known }
        let result = number(of: sets[Int(left)].intersection(sets[Int(right)]))
        intersections[pair] = result
        return result
    }
}
