// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import RulesetDiff
import Testing

@testable import NetfilterKernel

@Suite("Sets of a hundred thousand", .serialized, .enabled(if: NamespaceLab.isPossible))
struct LargeSetTests {
    private static let count = 100_000

    static let sets = [
        NamedSet(
            name: "ipv4", key: [.ipv4Address],
            elements: .ipv4((0..<UInt32(count)).map { 0x0a00_0000 + $0 * 3 })),
        NamedSet(
            name: "ipv6", key: [.ipv6Address],
            elements: .ipv6((0..<UInt128(count)).map { 0xfd00 << 112 + $0 * 5 })),
        NamedSet(
            name: "intervals", key: [.ipv4Address], isInterval: true,
            elements: .ipv4Intervals(
                IntervalSet(
                    (0..<UInt32(count / 10)).map { 0x0a00_0000 + $0 * 8...0x0a00_0003 + $0 * 8 }))),
        NamedSet(
            name: "pairs", key: [.ipv4Address, .inetService],
            elements: .entries(
                (0..<UInt32(count)).map {
                    SetEntry(key: (0x0a00_0000 + $0).networkBytes + [0, 80, 0, 0])
                })),
    ]

    @Test("In one batch, and back", arguments: sets)
    func roundTrip(set: NamedSet) throws {
        let lab = try NamespaceLab()
        let table = Table(name: "t", sets: [set])
        let observed = try lab.writeAndRead(table)
        #expect(observed.table == table)
        try lab.ruleset.commit(
            Transaction(table: "t", [.deleteElements(set.elements, from: set)]))
        let emptied = try lab.ruleset.read(table: "t")
        #expect(emptied?.table.sets.first?.elements.count == 0)
    }

    @Test("No message's list is longer than an attribute can be")
    func messageSizes() throws {
        for set in Self.sets {
            let batch = try Batch(
                Transaction(table: "t", [.addElements(set.elements, to: set)]), firstSequence: 1)
            var found = 0
            try batch.bytes.withUnsafeBytes { bytes in
                for message in NetlinkMessages(ByteView(bytes))
                where message.type == MessageType.newElements {
                    let attributes = AttributeIndex(message.attributes)
                    let list = try #require(attributes.list(ElementListAttribute.elements))
                    found += list.reduce(0) { count, _ in count + 1 }
                }
            }
            #expect(found == set.elements.count * (set.hasBoundaryElements ? 2 : 1))
        }
    }
}

@Suite("A dump during which the kernel enlarges a hash set")
struct TornDumpTests {
    /// Elements of one message, as a dump or a batch holds them.
    private func collect(_ set: NamedSet, _ parts: [SetElements]) throws -> (Bool, SetElements) {
        var collector = ElementCollector(set)
        for part in parts {
            let batch = try Batch(
                Transaction(table: "t", [.addElements(part, to: set)]), firstSequence: 1)
            try batch.bytes.withUnsafeBytes { bytes in
                for message in NetlinkMessages(ByteView(bytes))
                where message.type == MessageType.newElements {
                    let attributes = AttributeIndex(message.attributes)
                    collector.add(try #require(attributes.list(ElementListAttribute.elements)))
                }
            }
        }
        var set = set
        let isWhole = collector.settle()
        collector.finish(&set)
        return (isWhole, set.elements)
    }

    @Test("An element that comes twice tells that another is missing")
    func twice() throws {
        let plain = NamedSet(name: "s", key: [.ipv4Address], elements: .ipv4([]))
        #expect(try collect(plain, [.ipv4([3, 1]), .ipv4([2])]) == (true, .ipv4([1, 2, 3])))
        #expect(try !collect(plain, [.ipv4([3, 1]), .ipv4([1])]).0)
        let pairs = NamedSet(
            name: "s", key: [.ipv4Address, .inetService], elements: .entries([]))
        let one = SetEntry(key: [1, 0, 0, 0, 0, 80, 0, 0])
        let two = SetEntry(key: [1, 0, 0, 0, 0, 81, 0, 0])
        #expect(
            try collect(pairs, [.entries([two]), .entries([one])]) == (true, .entries([one, two])))
        #expect(try !collect(pairs, [.entries([two]), .entries([one, two])]).0)
    }
}
