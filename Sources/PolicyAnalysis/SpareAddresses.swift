// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Addresses of one family that nobody has, for pods whose address is not known.
///
/// What a block says must not be what such a pod is judged by, so those addresses come first that
/// the fewest of the policies' blocks hold: where possible none, and otherwise only blocks that
/// hold as good as everything, such as `0.0.0.0/0`. Where policies single out a host, as in
/// `except: [10.0.0.1/32]`, no pod is put in its place: addresses come from ranges that have room for
/// a network of pods, as long as there are any.
struct SpareAddresses<Bits: AddressBits> {
    /// Disjoint or repeated; the best come last.
    private var ranges: [ClosedRange<Bits>]
    private var taken: Set<Bits>

    /// - Parameters:
    ///   - pools: Where to look, the first before the others if blocks do not tell them apart.
    ///   - blocks: What the blocks of the policies' rules hold, without their exceptions.
    ///   - taken: The addresses of pods and nodes.
    ///
    /// - Complexity: O(*b* log *b*) in the intervals of the blocks.
    init(in pools: [CIDR], avoiding blocks: Set<IntervalSet<Bits>>, taken: Set<Bits>) {
        let starts = blocks.flatMap { $0.intervals.map(\.lowerBound) }.sorted()
        let ends = blocks.flatMap { $0.intervals.map(\.upperBound) }.sorted()
        var pieces: [Piece] = []
        for (number, pool) in pools.enumerated() {
            for interval in IntervalSet<Bits>(pool)?.intervals ?? [] {
                for piece in Self.pieces(of: interval, starts, ends) {
                    let holders =
                        starts.firstPosition { $0 > piece.lowerBound }
                        - ends.firstPosition { $0 >= piece.lowerBound }
                    pieces.append(Piece(holders: holders, pool: number, range: piece))
                }
            }
        }
        ranges = pieces.sorted { $0.rank > $1.rank }.map(\.range)
        self.taken = taken
    }

    /// Addresses of one pool that the same blocks hold.
    private struct Piece {
        /// How many blocks hold them.
        var holders: Int
        var pool: Int
        var range: ClosedRange<Bits>

        /// Less is better.
        var rank: (Int, Int, Int, Bits) {
            let hasRoom = range.upperBound - range.lowerBound >= 255
            return (hasRoom ? 0 : 1, holders, pool, range.lowerBound)
        }
    }

    /// An interval cut wherever a block begins or has ended.
    private static func pieces(
        of interval: ClosedRange<Bits>, _ starts: [Bits], _ ends: [Bits]
    ) -> [ClosedRange<Bits>] {
        let inside =
            starts.filter(interval.contains)
            + ends.filter(interval.contains).compactMap {
                $0 < interval.upperBound ? $0 + 1 : nil
            }
        let cuts = Set(inside + [interval.lowerBound]).sorted()
        return cuts.indices.map { index in
            cuts[index]...(index + 1 < cuts.count ? cuts[index + 1] - 1 : interval.upperBound)
        }
    }

    /// The next address; nil if all pools are used up.
    mutating func next() -> Bits? {
        while let range = ranges.popLast() {
            if range.lowerBound < range.upperBound {
                ranges.append(range.lowerBound + 1...range.upperBound)
            }
            if taken.insert(range.lowerBound).inserted { return range.lowerBound }
        }
        return nil
    }
}

extension Array {
    /// The first position whose element satisfies a condition that all later ones satisfy too; the
    /// end if there is none.
    ///
    /// - Complexity: O(log *n*).
    func firstPosition(where condition: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
