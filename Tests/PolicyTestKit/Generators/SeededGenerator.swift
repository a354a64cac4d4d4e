// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A random sequence that its seed determines, on every machine and with every toolchain
/// (SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
///
/// The drawing functions are its own, because the standard library's may change what they draw
/// from the same sequence, and a seed printed by a failing test must mean the same world for ever.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
        return bits ^ bits >> 31
    }

    /// A generator of its own for one part of a world, so that a change in how that part is drawn
    /// leaves the other parts as they were.
    public mutating func fork() -> SeededGenerator { SeededGenerator(seed: next()) }

    /// A number of a range, all about equally likely.
    public mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// True in so many of a hundred draws.
    public mutating func chance(_ percent: Int) -> Bool { number(in: 0...99) < percent }

    /// One element of a list, which must not be empty.
    public mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[number(in: 0...(choices.count - 1))]
    }

    /// One of several values, each as likely as its weight among all weights.
    public mutating func pick<Element>(weighted choices: KeyValuePairs<Element, Int>) -> Element {
        var rest = number(in: 1...choices.reduce(0) { $0 + $1.value })
        for (choice, weight) in choices {
            rest -= weight
            if rest <= 0 { return choice }
        }
        preconditionFailure("weights must be positive")
    }

    /// The elements in a random order (Fisher–Yates).
    public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var result = elements
        for last in result.indices.dropFirst().reversed() {
            result.swapAt(number(in: 0...last), last)
        }
        return result
    }

    /// Some different elements of a list in the list's order, or all if it has no more than that.
    public mutating func some<Element>(_ count: Int, of elements: [Element]) -> [Element] {
        shuffled(Array(elements.indices)).prefix(count).sorted().map { elements[$0] }
    }
}
