// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// The names of interfaces, cut into the fewest classes that nobody tells apart. A name is the
/// number that the sixteen bytes of its register make; zero is no interface, as registers have it
/// where a packet has come by none, or leaves by none.
struct InterfaceClasses: Sendable {
    /// How many classes there are; they are numbered from zero.
    let count: Int
    /// The class of packets that have no interface.
    let none: Int
    /// The class of the interface by which the node talks to itself.
    let loopback: Int
    /// Whether anybody asks for an interface, but for that by which the node talks to itself.
    let areAsked: Bool
    /// The first name of each part, ascending; the first is zero.
    private let starts: [UInt128]
    /// The class of each part.
    private let classes: [Int]
    private let examples: [Int: String]
    /// The classes that hold a name which an interface can have.
    let present: BitSet

    /// Collects ranges of names that somebody asks for.
    struct Builder {
        private var ranges: Set<ClosedRange<UInt128>> = []

        /// Makes classes all or none of which lie in the range.
        mutating func add(_ range: ClosedRange<UInt128>) { ranges.insert(range) }

        /// Makes a class of an interface alone.
        mutating func add(_ name: String) {
            let number = InterfaceName(name).number
            ranges.insert(number...number)
        }

        /// Cuts the names.
        func build() -> InterfaceClasses {
            let own = ["", InterfaceName.loopback.description].map {
                InterfaceName($0).number...InterfaceName($0).number
            }
            return InterfaceClasses(ranges.union(own))
        }
    }

    private init(_ ranges: Set<ClosedRange<UInt128>>) {
        var cuts: Set<UInt128> = [0]
        for range in ranges {
            cuts.insert(range.lowerBound)
            if range.upperBound != .max { cuts.insert(range.upperBound + 1) }
        }
        let starts = cuts.sorted()
        let ordered = ranges.sorted {
            ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound)
        }
        var numbers: [[Int]: Int] = [:]
        let classes = starts.map { start in
            let traits = ordered.indices.filter { ordered[$0].contains(start) }
            let number = numbers[traits] ?? numbers.count
            numbers[traits] = number
            return number
        }
        var named = BitSet(space: numbers.count)
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] - 1 : UInt128.max
            if start.nextName <= end { named.insert(classes[index]) }
        }
        present = named
        self.starts = starts
        self.classes = classes
        count = numbers.count
        areAsked = ranges.count > 2
        func index(_ name: InterfaceName) -> Int { Self.index(of: name.number, starts, classes) }
        none = index(InterfaceName(""))
        loopback = index(.loopback)
        var examples: [Int: String] = [:]
        let asked = ordered.compactMap { InterfaceName(number: $0.lowerBound) }
        let longer = asked.map { InterfaceName($0.description + "0") }
        for name in asked + ["eth0", "eth1", "ens3"].map(InterfaceName.init) + longer {
            let number = index(name)
            if examples[number] == nil { examples[number] = name.description }
        }
        self.examples = examples
    }

    private static func index(of name: UInt128, _ starts: [UInt128], _ classes: [Int]) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= name { low = middle } else { high = middle }
        }
        return classes[low]
    }

    /// The classes of a range's names. The range must have been added to the builder.
    func members(of range: ClosedRange<UInt128>) -> BitSet {
        BitSet(
            starts.indices.filter { range.contains(starts[$0]) }.map { classes[$0] }, space: count)
    }

    /// The class of one interface, whose name must have been added to the builder.
    func members(of name: String) -> BitSet {
        let number = InterfaceName(name).number
        return members(of: number...number)
    }

    /// The class of packets that have no interface.
    var absent: BitSet { BitSet([none], space: count) }

    /// A name of interfaces for which nobody asks.
    var ordinary: String? { classes.last.flatMap { examples[$0] } }

    /// A name of a class; nil for none, and where only bytes that are no name belong to it.
    func example(of number: Int) -> String? { examples[number] }
}

extension InterfaceName {
    /// The sixteen bytes of the register as a number.
    var number: UInt128 { bytes.reduce(0) { $0 << 8 | UInt128($1) } }

    /// The name of a number; nil where the bytes are no name.
    fileprivate init?(number: UInt128) {
        let bytes = number.networkBytes
        let name = bytes.prefix { $0 != 0 }
        guard !name.isEmpty, name.count < Self.length,
            bytes[name.count...].allSatisfy({ $0 == 0 }),
            name.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x22 && $0 != 0x2f })
        else { return nil }
        self.init(String(decoding: name, as: UTF8.self))
    }
}

extension UInt128 {
    /// The lowest number from this one on whose bytes can be a name: zeros stand behind it only.
    fileprivate var nextName: UInt128 {
        let bytes = networkBytes
        let name = bytes.prefix { $0 != 0 }
        if name.count == bytes.count { return self }
        if !name.isEmpty, bytes[name.count...].allSatisfy({ $0 == 0 }) { return self }
        // The first zero becomes the lowest byte of a name.
        let shift = UInt128((InterfaceName.length - 1 - name.count) * 8)
        return (self >> shift | 1) << shift
    }
}
