// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Some of the objects of an index, as one bit for each.
struct ObjectSet: Hashable {
    private var words: [UInt64]
    private let count: Int

    /// - Parameter count: how many objects there are; the set holds none of them.
    init(none count: Int) {
        words = Array(repeating: 0, count: (count + 63) / 64)
        self.count = count
    }

    /// - Parameter count: how many objects there are; the set holds all of them.
    init(all count: Int) {
        words = Array(repeating: .max, count: (count + 63) / 64)
        self.count = count
        clearTail()
    }

    /// The last word has bits for objects that do not exist.
    private mutating func clearTail() {
        if count % 64 > 0 { words[words.count - 1] &= (1 << UInt64(count % 64)) - 1 }
    }

    mutating func insert(_ object: Int32) {
        words[Int(object) / 64] |= 1 << UInt64(object % 64)
    }

    mutating func formUnion(_ other: ObjectSet) {
        for word in words.indices { words[word] |= other.words[word] }
    }

    mutating func formIntersection(_ other: ObjectSet) {
        for word in words.indices { words[word] &= other.words[word] }
    }

    /// The objects that it does not hold.
    func inverted() -> ObjectSet {
        var result = self
        for word in words.indices { result.words[word] = ~words[word] }
        result.clearTail()
        return result
    }

    /// The numbers of its objects, ascending.
    var numbers: [Int32] {
        var numbers: [Int32] = []
        numbers.reserveCapacity(words.reduce(0) { $0 + $1.nonzeroBitCount })
        for (position, bits) in words.enumerated() {
            var rest = bits
            while rest != 0 {
                numbers.append(Int32(position * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return numbers
    }
}
