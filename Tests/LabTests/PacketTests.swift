// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import PolicyTestKit

struct PacketTests {
    @Test func checksumOfTheStandardWord() {
        #expect(Crc32c.checksum(of: Array("123456789".utf8)) == 0xe306_9283)
    }

    @Test(
        arguments: [
            SctpPacket.Chunk.start(tag: 7), .acknowledgement(of: 0xffff_fffe), .abort(of: 1),
        ])
    func anSctpPacketIsReadAsItWasWritten(_ chunk: SctpPacket.Chunk) {
        let packet = SctpPacket(sourcePort: 20_001, destinationPort: 80, chunk: chunk)
        #expect(SctpPacket(packet.bytes) == packet)
        #expect(packet.bytes.count.isMultiple(of: 4))
    }

    @Test func aDamagedSctpPacketIsNone() {
        var bytes = SctpPacket(sourcePort: 1, destinationPort: 2, chunk: .start(tag: 7)).bytes
        bytes[1] ^= 1
        #expect(SctpPacket(bytes) == nil)
        #expect(SctpPacket([1, 2, 3]) == nil)
    }

    @Test func addressesAreReadAndWritten() throws {
        for text in ["10.1.2.3", "2001:db8::1"] {
            #expect(try LabAddress(text).description == text)
        }
        #expect(throws: LabError.self) { try LabAddress("10.1.2") }
    }

    @Test func sourcePortsComeOnceAndLeaveOutTheServed() throws {
        let ports = SourcePorts(avoiding: [20_001, 65_535])
        let address = try LabAddress("10.0.0.1")
        let other = try LabAddress("10.0.0.2")
        var seen = Set((0..<45_534).map { _ in ports.next(for: address, .tcp) })
        #expect(seen.count == 45_534)
        #expect(seen.isDisjoint(with: [19_999, 20_001, 65_535]))
        #expect(seen.insert(ports.next(for: address, .tcp)).inserted == false)
        #expect(ports.next(for: other, .tcp) == 20_000)
        #expect(ports.next(for: address, .udp) == 20_000)
    }
}
