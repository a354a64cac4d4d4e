// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyVerification

/// The packets that are under way on a wire, by the identifiers that they carry.
struct WireRun {
    private struct Flight {
        /// Nil for a fence.
        let index: Int?
        let run: Int
        let packet: PacketDescription
        let bytes: [UInt8]
        var hasArrived = false
    }

    /// Which packets of this run have come out.
    private(set) var arrived: [Bool] = []
    /// A packet of the run before that has come out in this one.
    private(set) var late: PacketDescription?

    private var flights: [UInt16: Flight] = [:]
    private var latest: UInt16 = 0
    private var number = 0

    /// From nobody to nobody: addresses for documentation and benchmarks that no world has, and a
    /// message that is never policed where it could have (S44).
    private static let fence = PacketDescription(
        source: IPAddress("2001:db8:fe::1")!, destination: IPAddress("2001:db8:fe::2")!,
        transport: .icmpv6, icmpType: 135)

    /// Forgets all but those packets of the run that ends which were given up.
    mutating func begin(count: Int) {
        flights = flights.filter { _, flight in
            flight.run == number && flight.index.map { !arrived[$0] } ?? false
        }
        number += 1
        arrived = Array(repeating: false, count: count)
    }

    /// A packet with an identifier of its own, to be sent.
    mutating func add(_ packet: PacketDescription, as index: Int) -> [UInt8] {
        add(packet, index: index).bytes
    }

    /// A fence to be sent, and its identifier.
    mutating func addFence() -> (identifier: UInt16, bytes: [UInt8]) { add(Self.fence, index: nil) }

    private mutating func add(
        _ packet: PacketDescription, index: Int?
    ) -> (identifier: UInt16, bytes: [UInt8]) {
        latest = latest == .max ? 1 : latest + 1
        var raw = packet.raw(sourcePort: latest)
        raw.identifier = latest
        let bytes = raw.bytes
        flights[latest] = Flight(index: index, run: number, packet: packet, bytes: bytes)
        return (latest, bytes)
    }

    /// Whether the packet with this identifier has come out.
    func hasArrived(_ identifier: UInt16) -> Bool { flights[identifier]?.hasArrived == true }

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
        flights[identifier]!.hasArrived = true
        guard let index = flight.index else { return }
        if flight.run == number { arrived[index] = true } else { late = flight.packet }
    }
}
