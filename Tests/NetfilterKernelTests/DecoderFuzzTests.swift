// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import RulesetDiff
import Testing

@testable import NetfilterKernel

@Suite("Damaged messages never stop the decoder")
struct DecoderFuzzTests {
    /// A small generator (xorshift64*), so that a failing seed can be run again.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_f491_4f6c_dd1d
        }
    }

    /// The messages that make the sample table, which have the same attributes as those of a dump.
    private static func datagrams() throws -> [[UInt8]] {
        // Elements by themselves, because those of a new set do not bear its name.
        let steps = Transaction(making: SampleTable.table).steps
        return try [false, true].map { areElements in
            let part = steps.filter { step in
                if case .addElements = step.operation { areElements } else { !areElements }
            }
            return try Batch(
                Transaction(table: SampleTable.table.name, steps: part), firstSequence: 1
            ).bytes
        }
    }

    /// Decodes datagrams as a dump of the sample table.
    private static func decode(_ datagrams: [[UInt8]]) -> ObservedTable? {
        var assembly = TableAssembly(name: "sample", generation: 0)
        for datagram in datagrams {
            datagram.withUnsafeBytes { bytes in
                for message in NetlinkMessages(ByteView(bytes)) {
                    do throws(NetlinkError) { try assembly.add(message) } catch {}
                }
            }
        }
        for set in assembly.setNames { _ = assembly.settle(set: set) }
        return assembly.finish()
    }

    @Test("Whole messages give the whole table")
    func whole() throws {
        let table = try #require(Self.decode(try Self.datagrams())).table
        #expect(table.sets == SampleTable.table.sets)
        #expect(table.chains.map(\.name) == SampleTable.table.chains.map(\.name))
    }

    @Test("Cut at every byte")
    func truncation() throws {
        for datagram in try Self.datagrams() {
            for length in stride(from: 0, to: datagram.count, by: 3) {
                _ = Self.decode([Array(datagram[..<length])])
            }
        }
    }

    @Test("Flipped, overwritten, moved", arguments: 1...8 as ClosedRange<UInt64>)
    func damage(seed: UInt64) throws {
        var generator = Generator(state: seed)
        let datagrams = try Self.datagrams()
        for _ in 0..<400 {
            let damaged = datagrams.map { datagram in
                var bytes = datagram
                for _ in 0..<Int.random(in: 1...12, using: &generator) {
                    let place = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                    case 1:
                        bytes[place] = [0, 1, 3, 4, 5, 0x7f, 0x80, 0xff].randomElement(
                            using: &generator)!
                    case 2: bytes.removeSubrange(place..<min(place + 4, bytes.count))
                    default: bytes.insert(contentsOf: bytes[..<min(place, 8)], at: place)
                    }
                    if bytes.isEmpty { bytes = datagram }
                }
                return bytes
            }
            _ = Self.decode(damaged)
        }
    }

    @Test("Recorded dumps, damaged", .enabled(if: NamespaceLab.isPossible))
    func recorded() throws {
        let lab = try NamespaceLab()
        try lab.nft(load: SampleTable.text)
        try lab.nft(
            load: """
                add set inet sample extra { type ipv4_addr; flags timeout; timeout 1h; \
                elements = { 10.0.0.1 } }
                add rule inet sample forward tcp flags syn limit rate 5/second reject
                """)
        let messages = try lab.ruleset.recordDump(of: "sample")
        #expect(messages.count > 30)
        var generator = Generator(state: 99)
        for _ in 0..<300 {
            var assembly = TableAssembly(name: "sample", generation: messages[0].generation)
            for message in messages {
                var bytes = message.payload
                if Bool.random(using: &generator) {
                    let place = Int.random(in: 4..<bytes.count, using: &generator)
                    bytes[place] = UInt8.random(in: 0...255, using: &generator)
                }
                if Int.random(in: 0..<8, using: &generator) == 0 {
                    bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
                }
                bytes.withUnsafeBytes { bytes in
                    let damaged = NetlinkMessage(
                        type: message.type, flags: 0, sequence: 0, port: 0, payload: ByteView(bytes)
                    )
                    do throws(NetlinkError) { try assembly.add(damaged) } catch {}
                }
            }
            for set in assembly.setNames { _ = assembly.settle(set: set) }
            _ = assembly.finish()
        }
    }
}

extension KernelRuleset {
    struct RecordedMessage {
        var type: UInt16
        var generation: UInt32
        var payload: [UInt8]
    }

    /// The messages with which the kernel describes a table.
    func recordDump(of table: String) throws -> [RecordedMessage] {
        let generation = try generation()
        var messages: [RecordedMessage] = []
        var sets: [String] = []
        func record(_ message: NetlinkMessage) {
            messages.append(
                RecordedMessage(
                    type: message.type, generation: generation, payload: message.payload.array))
            guard message.type == MessageType.newSet else { return }
            sets += [AttributeIndex(message.attributes).string(SetAttribute.name)].compactMap { $0 }
        }
        let name = (type: TableAttribute.name, name: table)
        try request(MessageType.getTable, names: [name], for: "") { record($0) }
        try request(MessageType.getChain, isDump: true, for: "") { record($0) }
        try request(MessageType.getSet, isDump: true, names: [name], for: "") { record($0) }
        for set in sets {
            try request(
                MessageType.getElements, isDump: true,
                names: [name, (ElementListAttribute.set, set)], for: ""
            ) { record($0) }
        }
        try request(MessageType.getRule, isDump: true, names: [name], for: "") { record($0) }
        return messages
    }
}
