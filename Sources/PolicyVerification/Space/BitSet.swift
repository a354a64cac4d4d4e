// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A set of small numbers: classes of addresses, or atoms of transports.
///
/// Sets that are combined belong to the same space, and so have the same number of words.
package struct BitSet: Hashable, Sendable {
    package private(set) var words: [UInt64]

    /// The empty set of a space of so many numbers.
    package init(space: Int) { words = [UInt64](repeating: 0, count: (space + 63) / 64) }

    /// A set of these numbers.
    package init(_ members: some Sequence<Int>, space: Int) {
        self.init(space: space)
        for member in members { insert(member) }
    }

    /// Every number of the space.
    package static func full(space: Int) -> BitSet {
        var set = BitSet(space: space)
        for index in set.words.indices { set.words[index] = .max }
        if space % 64 != 0 { set.words[set.words.count - 1] = 1 << UInt64(space % 64) - 1 }
        return set
    }

    /// No number is a member.
    package var isEmpty: Bool {
        for word in words where word != 0 { return false }
        return true
    }

    /// The lowest member.
    var first: Int? {
        for (index, word) in words.enumerated() where word != 0 {
            return index * 64 + word.trailingZeroBitCount
        }
        return nil
    }

    /// The only member, if there is exactly one.
    var onlyMember: Int? {
        guard let first else { return nil }
        var rest = self
        rest.remove(first)
        return rest.isEmpty ? first : nil
    }

    /// The members, ascending.
    package var members: [Int] {
        var result: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                result.append(index * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return result
    }

    /// How many members there are, counted no further than to a limit.
    func count(upTo limit: Int) -> Int {
        var count = 0
        for word in words where word != 0 {
            count += word.nonzeroBitCount
            if count >= limit { return limit }
        }
        return count
    }

    /// Whether the number is a member.
    package func contains(_ member: Int) -> Bool {
        words[member / 64] & 1 << UInt64(member % 64) != 0
    }

    /// Whether the sets share a member.
    func intersects(_ other: BitSet) -> Bool {
        for index in words.indices where words[index] & other.words[index] != 0 { return true }
        return false
    }

    /// Whether all members are the other set's too.
    func isSubset(of other: BitSet) -> Bool {
        for index in words.indices where words[index] & ~other.words[index] != 0 { return false }
        return true
    }

    /// Adds a number.
    package mutating func insert(_ member: Int) { words[member / 64] |= 1 << UInt64(member % 64) }

    /// Takes a number out.
    mutating func remove(_ member: Int) { words[member / 64] &= ~(1 << UInt64(member % 64)) }

    /// Adds all members of the other set.
    package mutating func formUnion(_ other: BitSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    /// The members of both sets.
    package func intersection(_ other: BitSet) -> BitSet {
        if isSubset(of: other) { return self }
        var result = self
        for index in words.indices { result.words[index] &= other.words[index] }
        return result
    }

    /// The members that are not the other set's.
    package func subtracting(_ other: BitSet) -> BitSet {
        var result = self
        result.subtract(other)
        return result
    }

    /// Takes out all members of the other set.
    package mutating func subtract(_ other: BitSet) {
        for index in words.indices { words[index] &= ~other.words[index] }
    }

    /// The members of either set.
    package func union(_ other: BitSet) -> BitSet {
        var result = self
        result.formUnion(other)
        return result
    }
}
