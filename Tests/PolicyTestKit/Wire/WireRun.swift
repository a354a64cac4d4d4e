// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The packets that are under way on a wire, by the identifiers that they carry.
struct WireRun {
    private struct Flight {
        let index: Int
        let run: Int
        let packet: WirePacket
        let bytes: [UInt8]
    }

    /// Which packets of this run have come out.
    private(set) var arrived: [Bool] = []
    /// A packet of the run before that has come out in this one.
    private(set) var late: WirePacket?

    private var flights: [UInt16: Flight] = [:]
    private var latest: UInt16 = 0
    private var number = 0

    /// Forgets all but those packets of the run that ends which were given up.
    mutating func begin(count: Int) {
        flights = flights.filter { _, flight in
            flight.run == number && !arrived[flight.index]
        }
        number += 1
        arrived = Array(repeating: false, count: count)
    }

    /// A packet with an identifier of its own, to be sent.
    mutating func add(_ packet: WirePacket, as index: Int) -> [UInt8] {
        latest = latest == .max ? 1 : latest + 1
        var raw = packet.packet.raw(sourcePort: packet.sourcePort ?? latest)
        raw.identifier = latest
        let bytes = raw.bytes
        flights[latest] = Flight(index: index, run: number, packet: packet, bytes: bytes)
        return bytes
    }

    /// Takes note of a packet that has come out; others' are passed over.
    mutating func note(_ bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count >= 40 || (bytes.count >= 20 && bytes[0] >> 4 == 4) else { return }
        let isIPv4 = bytes[0] >> 4 == 4
        let identifier: UInt16 = bytes.networkOrder(at: isIPv4 ? 4 : 2)
        guard let flight = flights[identifier], flight.bytes.count <= bytes.count else { return }
        // All but what forwarding changes: time to live, hop limit, checksum.
        let changes: [Int] = isIPv4 ? [8, 10, 11] : [7]
        for position in flight.bytes.indices where !changes.contains(position) {
            if flight.bytes[position] != bytes[position] { return }
        }
        if flight.run == number { arrived[flight.index] = true } else { late = flight.packet }
    }
}
