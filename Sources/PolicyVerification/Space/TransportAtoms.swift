// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Every transport header as far as rules look at it, cut into the atoms that nobody tells apart:
/// the protocol, and the header's first two words of sixteen bits. For TCP, UDP and SCTP these are
/// the source and the destination port, for ICMP the type with the code and a checksum.
struct TransportAtoms: Sendable {
    /// How many atoms there are; they are numbered from zero.
    let count: Int
    private let groups: [Group]
    private let groupOfProtocol: [Int]

    /// Protocols that nobody tells apart, and where their words are cut.
    private struct Group: Sendable {
        var example: UInt8
        /// The first value of each part, ascending; the first is zero.
        var firsts: [UInt16]
        var seconds: [UInt16]
        /// The number of the group's first atom.
        var base: Int
    }

    /// What a rule or policy says of a packet's transport; all that it does not say is open.
    struct Condition: Hashable, Sendable {
        /// The protocol's number.
        var protocols: ClosedRange<UInt8> = 0...255
        /// The header's first word.
        var first: ClosedRange<UInt16> = 0...UInt16.max
        /// The header's second word.
        var second: ClosedRange<UInt16> = 0...UInt16.max
    }

    /// Collects conditions.
    struct Builder {
        private var mentioned: Set<UInt8> = []
        private var cuts: [UInt8: (first: Set<UInt16>, second: Set<UInt16>)] = [:]
        private var everywhere: (first: Set<UInt16>, second: Set<UInt16>) = ([], [])

        /// Makes atoms on which the condition is true or false as a whole.
        mutating func add(_ condition: Condition) {
            let isOpen = condition.protocols == 0...255
            let first = Self.ends(condition.first)
            let second = Self.ends(condition.second)
            if isOpen {
                everywhere.first.formUnion(first)
                everywhere.second.formUnion(second)
                return
            }
            for number in condition.protocols {
                mentioned.insert(number)
                if first.isEmpty, second.isEmpty { continue }
                cuts[number, default: ([], [])].first.formUnion(first)
                cuts[number, default: ([], [])].second.formUnion(second)
            }
        }

        private static func ends(_ range: ClosedRange<UInt16>) -> [UInt16] {
            [
                range.lowerBound == 0 ? nil : range.lowerBound,
                range.upperBound == .max ? nil : range.upperBound + 1,
            ].compactMap(\.self)
        }

        /// Cuts the transports.
        func build() -> TransportAtoms {
            var groups: [Group] = []
            var groupOfProtocol = [Int](repeating: -1, count: 256)
            var base = 0
            func add(_ example: UInt8, _ members: [UInt8]) {
                let own = cuts[example] ?? ([], [])
                let firsts = own.first.union(everywhere.first).union([0]).sorted()
                let seconds = own.second.union(everywhere.second).union([0]).sorted()
                for member in members { groupOfProtocol[Int(member)] = groups.count }
                groups.append(Group(example: example, firsts: firsts, seconds: seconds, base: base))
                base += firsts.count * seconds.count
            }
            for number in mentioned.sorted() { add(number, [number]) }
            let others = (UInt8.min...UInt8.max).filter { !mentioned.contains($0) }
            // ESP is a protocol that packets really have.
            let preferred: [UInt8] = [50, 47, 253]
            if let example = preferred.first(where: others.contains) ?? others.first {
                add(example, others)
            }
            return TransportAtoms(
                groups: groups, groupOfProtocol: groupOfProtocol, count: base)
        }
    }

    private init(groups: [Group], groupOfProtocol: [Int], count: Int) {
        self.groups = groups
        self.groupOfProtocol = groupOfProtocol
        self.count = count
    }

    /// Protocols that nobody tells apart, with their atoms.
    var protocols: [(numbers: [UInt8], atoms: Range<Int>)] {
        groups.indices.map { index in
            let end = index + 1 < groups.count ? groups[index + 1].base : count
            return (
                (UInt8.min...UInt8.max).filter { groupOfProtocol[Int($0)] == index },
                groups[index].base..<end
            )
        }
    }

    /// The atoms on which the condition is true. It must have been added to the builder.
    func atoms(where condition: Condition) -> BitSet {
        var set = BitSet(space: count)
        insertAtoms(where: condition, into: &set)
        return set
    }

    /// Adds the atoms on which the condition is true.
    func insertAtoms(where condition: Condition, into set: inout BitSet) {
        let chosen =
            condition.protocols.count == 256
            ? Array(groups.indices)
            : Set(condition.protocols.map { groupOfProtocol[Int($0)] }).sorted()
        for index in chosen {
            let group = groups[index]
            let firsts = Self.parts(group.firsts, condition.first)
            let seconds = Self.parts(group.seconds, condition.second)
            for first in firsts {
                for second in seconds {
                    set.insert(group.base + first * group.seconds.count + second)
                }
            }
        }
    }

    /// The parts that lie in a range whose ends are cuts.
    private static func parts(_ starts: [UInt16], _ range: ClosedRange<UInt16>) -> Range<Int> {
        func lowest(from value: UInt16) -> Int {
            var low = 0
            var high = starts.count
            while low < high {
                let middle = (low + high) / 2
                if starts[middle] < value { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let upper = range.upperBound == .max ? starts.count : lowest(from: range.upperBound + 1)
        return lowest(from: range.lowerBound)..<upper
    }

    /// The values of an atom: protocols that share it are told by one of them.
    func condition(of atom: Int) -> Condition {
        let group = groups.last { $0.base <= atom }!
        let first = (atom - group.base) / group.seconds.count
        let second = (atom - group.base) % group.seconds.count
        return Condition(
            protocols: group.example...group.example, first: Self.range(group.firsts, first),
            second: Self.range(group.seconds, second))
    }

    private static func range(_ starts: [UInt16], _ index: Int) -> ClosedRange<UInt16> {
        starts[index]...(index + 1 < starts.count ? starts[index + 1] - 1 : .max)
    }

    /// The atom of a transport header.
    func index(protocol number: UInt8, first: UInt16, second: UInt16) -> Int {
        let group = groups[groupOfProtocol[Int(number)]]
        let firsts = group.firsts.lastIndex { $0 <= first }!
        let seconds = group.seconds.lastIndex { $0 <= second }!
        return group.base + firsts * group.seconds.count + seconds
    }
}
