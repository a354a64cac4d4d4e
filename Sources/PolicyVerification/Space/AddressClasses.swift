// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Every address of one family, cut into the fewest classes such that each trait is shared by all
/// addresses of a class or by none.
///
/// A trait is any set of addresses that somebody may ask for: an element's, a block's, a pod's. What
/// neither ruleset nor policies can tell apart, they treat alike; so what is found out about one
/// address of a class holds for all.
struct AddressClasses<Bits: AddressBits>: Sendable {
    /// How many classes there are; they are numbered from zero.
    var count: Int { examples.count }
    /// An address of each class.
    let examples: [Bits]
    /// The classes of each trait's addresses.
    private let traits: [[Int]]
    private let segments: Segments<Bits>
    private let tree: TraitTree
    /// Of each node of the tree that it had at first; -1 where no address has just its traits.
    private let classOfNode: [Int]
    /// The nodes of the addresses that are named one by one.
    private var pointNodes: [Bits: Int]

    /// A trait's number.
    typealias Trait = Int

    /// The classes whose addresses have the trait.
    func members(of trait: Trait) -> BitSet { BitSet(traits[trait], space: count) }

    /// The same as a list.
    func classes(of trait: Trait) -> [Int] { traits[trait] }

    /// The class to which an address belongs.
    func index(of address: Bits) -> Int {
        classOfNode[pointNodes[address] ?? segments.node(of: address)]
    }

    /// Gives an address some traits and takes others, which it has.
    ///
    /// - Returns: whether the address now belongs to one of the classes. If not, or if it did not
    ///   have what was to be taken, nothing changes.
    mutating func change(_ address: Bits, adding: Set<Trait>, removing: Set<Trait>) -> Bool {
        let segment = segments.node(of: address)
        let old = Set(tree.traits(of: pointNodes[address] ?? segment, beyond: segment))
        guard removing.isSubset(of: old), adding.isDisjoint(with: old.subtracting(removing))
        else { return false }
        var node = segment
        for trait in old.subtracting(removing).union(adding).sorted() {
            guard let child = tree.knownChild(of: node, trait) else { return false }
            node = child
        }
        guard classOfNode[node] >= 0 else { return false }
        pointNodes[address] = node == segment ? nil : node
        return true
    }

    /// Collects traits.
    struct Builder {
        private enum Extent {
            case points([Bits])
            case intervals(IntervalSet<Bits>)
        }

        private var extents: [Extent] = []

        /// - Parameter points: single addresses; each once.
        mutating func addTrait(points: [Bits]) -> Trait {
            extents.append(.points(points))
            return extents.count - 1
        }

        /// A trait of whole intervals.
        mutating func addTrait(intervals: IntervalSet<Bits>) -> Trait {
            extents.append(.intervals(intervals))
            return extents.count - 1
        }

        /// Cuts the addresses.
        ///
        /// - Complexity: proportional to the points and intervals of all traits.
        func build() -> AddressClasses { AddressClasses(self) }

        fileprivate var intervals: [(trait: Trait, intervals: IntervalSet<Bits>)] {
            extents.enumerated().compactMap { trait, extent in
                if case .intervals(let set) = extent { (trait, set) } else { nil }
            }
        }

        fileprivate var points: [(trait: Trait, points: [Bits])] {
            extents.enumerated().compactMap { trait, extent in
                if case .points(let points) = extent { (trait, points) } else { nil }
            }
        }

        fileprivate var count: Int { extents.count }
    }

    private init(_ builder: Builder) {
        var tree = TraitTree()
        segments = Segments(builder.intervals, &tree)
        let lists = builder.points
        var indices: [Bits: Int] = [:]
        indices.reserveCapacity(lists.map(\.points.count).max() ?? 0)
        var nodes: [Int] = []
        var pointsInSegment = [Bits](repeating: 0, count: segments.count)
        for (trait, points) in lists {
            for point in points {
                let index: Int
                if let known = indices[point] {
                    index = known
                } else {
                    let segment = segments.index(of: point)
                    pointsInSegment[segment] += 1
                    index = nodes.count
                    indices[point] = index
                    nodes.append(segments.nodes[segment])
                }
                nodes[index] = tree.child(of: nodes[index], trait)
            }
        }
        var examples: [Bits] = []
        var classOfNode = [Int](repeating: -1, count: tree.count)
        func give(_ node: Int, _ example: Bits) {
            guard classOfNode[node] < 0 else { return }
            classOfNode[node] = examples.count
            examples.append(example)
        }
        for (index, segment) in segments.ranges.enumerated() {
            // Wraps around to zero for a segment of all addresses, which has room in any case.
            let size = segment.upperBound &- segment.lowerBound &+ 1
            if size != 0, pointsInSegment[index] == size { continue }
            let start = Bits.ordinary.first(where: segment.contains) ?? segment.lowerBound
            let other = [start, segment.lowerBound].lazy.compactMap { first in
                first.firstFree(upTo: segment.upperBound) { indices[$0] == nil }
            }.first
            if let other { give(segments.nodes[index], other) }
        }
        for (point, index) in indices.sorted(by: { $0.value < $1.value }) {
            give(nodes[index], point)
        }
        var traits = [[Int]](repeating: [], count: builder.count)
        for (node, number) in classOfNode.enumerated() where number >= 0 {
            for trait in tree.traits(of: node) { traits[trait].append(number) }
        }
        self.examples = examples
        self.traits = traits
        self.classOfNode = classOfNode
        self.tree = tree
        pointNodes = indices.mapValues { nodes[$0] }
    }
}

extension AddressBits {
    /// The first number from this one on for which the condition holds; nil if there is none.
    fileprivate func firstFree(upTo last: Self, _ isFree: (Self) -> Bool) -> Self? {
        var candidate = self
        while !isFree(candidate) {
            if candidate == last { return nil }
            candidate += 1
        }
        return candidate
    }

    /// Addresses that serve well as examples: such as hosts have (RFC 5737, RFC 3849).
    fileprivate static var ordinary: [Self] {
        let texts = ["198.51.100.1", "10.0.0.1", "2001:db8::1", "fd00::1"]
        return texts.compactMap { IPAddress($0)?.bits() }
    }
}

/// The addresses cut at the ends of all intervals.
private struct Segments<Bits: AddressBits>: Sendable {
    /// The first address of each, ascending; the first is zero.
    private var starts: [Bits]
    /// The traits of each, as a node of the tree.
    private(set) var nodes: [Int]

    init(_ lists: [(trait: Int, intervals: IntervalSet<Bits>)], _ tree: inout TraitTree) {
        var cuts: Set<Bits> = [0]
        for (_, set) in lists {
            for interval in set.intervals {
                cuts.insert(interval.lowerBound)
                if interval.upperBound != Bits.max { cuts.insert(interval.upperBound + 1) }
            }
        }
        starts = cuts.sorted()
        nodes = [Int](repeating: 0, count: starts.count)
        for (trait, set) in lists {
            for interval in set.intervals {
                var segment = index(of: interval.lowerBound)
                while segment < starts.count, starts[segment] <= interval.upperBound {
                    nodes[segment] = tree.child(of: nodes[segment], trait)
                    segment += 1
                }
            }
        }
    }

    var count: Int { starts.count }

    var ranges: [ClosedRange<Bits>] {
        starts.indices.map { index in
            starts[index]...(index + 1 < starts.count ? starts[index + 1] - 1 : Bits.max)
        }
    }

    func node(of address: Bits) -> Int { nodes[index(of: address)] }

    func index(of address: Bits) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= address { low = middle } else { high = middle }
        }
        return low
    }
}
