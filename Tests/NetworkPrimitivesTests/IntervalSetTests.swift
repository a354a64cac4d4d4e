// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyTestKit
import Testing

/// Every operation against the same on a set of single values.
@Suite struct IntervalSetTests {
    private func drawn(_ random: inout SeededGenerator) -> [ClosedRange<UInt8>] {
        (0..<random.number(in: 0...6)).map { _ in
            let low = random.number(in: 0...255)
            return UInt8(low)...UInt8(random.number(in: low...min(255, low + 60)))
        }
    }

    private func members(_ intervals: [ClosedRange<UInt8>]) -> Set<UInt8> {
        Set(intervals.flatMap { Array($0) })
    }

    @Test("Union, intersection, difference, complement and membership, and the canonical form")
    func algebra() throws {
        var random = SeededGenerator(seed: 11)
        for round in 0..<2_000 {
            let (first, second) = (drawn(&random), drawn(&random))
            let (left, right) = (IntervalSet(first), IntervalSet(second))
            let (a, b) = (members(first), members(second))
            try #require(members(left.intervals) == a, "round \(round)")
            try #require(members(left.union(right).intervals) == a.union(b), "round \(round)")
            try #require(
                members(left.intersection(right).intervals) == a.intersection(b), "round \(round)")
            try #require(
                members(left.subtracting(right).intervals) == a.subtracting(b), "round \(round)")
            try #require(
                members(left.complement.intervals) == Set(UInt8.min...UInt8.max).subtracting(a))
            try #require(
                a.allSatisfy(left.contains) && !b.subtracting(a).contains(where: left.contains))
            for set in [left, left.union(right), left.intersection(right), left.complement] {
                for (one, next) in zip(set.intervals, set.intervals.dropFirst()) {
                    try #require(Int(one.upperBound) + 1 < Int(next.lowerBound), "round \(round)")
                }
            }
            try #require((left == right) == (a == b), "round \(round)")
        }
    }

    @Test("S17: the whole of one family says nothing about the other")
    func families() throws {
        let everyIPv4 = AddressSet([try #require(CIDR("0.0.0.0/0"))])
        #expect(everyIPv4.ipv4.isFull && everyIPv4.ipv6.isEmpty && !everyIPv4.isFull)
        let both = everyIPv4.union(AddressSet([try #require(CIDR("::/0"))]))
        #expect(both.isFull)
    }

    @Test("Blocks print as blocks, other intervals as their ends")
    func text() throws {
        let blocks = try ["10.0.0.0/8", "192.168.0.0/25", "192.168.0.128/32", "fd00::/64"]
            .map { try #require(CIDR($0)) }
        #expect(
            AddressSet(blocks).blocksText == [
                "10.0.0.0/8", "192.168.0.0-192.168.0.128", "fd00::/64",
            ])
        #expect(AddressSet.full.blocksText == ["0.0.0.0/0", "::/0"])
    }
}
