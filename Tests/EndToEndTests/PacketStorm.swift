// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import Synchronization

@testable import PolicyTestKit

/// Opens connections and sends datagrams from the pod `front` to port 80 of `web` as fast as it
/// can, each from a port of its own, so that none passes as part of an earlier one.
final class PacketStorm: Sendable {
    struct Arrivals {
        var sent = 0
        var arrived = 0
    }

    /// One kind of packets, and the sockets that send and see them.
    private struct Stream: Sendable {
        let source: LabAddress
        let destination: LabAddress
        let transport: UInt8
        let sender: Socket
        let observer: Socket

        /// Packets of the stream that have arrived since it was asked last, without the resets that
        /// the sender's kernel sends when connections are accepted that it knows nothing of.
        func arrivals() -> Int {
            var count = 0
            observer.receiveAll { content, sender in
                let isOurs = transport == RawPacket.udp || content[13] & 2 != 0
                count += sender == source && isOurs ? 1 : 0
            }
            return count
        }

        /// Waits for the next packet of the stream.
        func awaitArrival(within patience: Duration) -> Int {
            let deadline = ContinuousClock.now + patience
            var count = 0
            while count == 0, observer.awaitEvent(within: max(.zero, deadline - .now)) {
                count = arrivals()
            }
            return count
        }

        func send(_ number: Int) {
            let port = UInt16(20_000 + number % 45_000)
            let from = LabSocketAddress(source, port: port)
            let to = LabSocketAddress(destination, port: 80)
            let packet =
                transport == RawPacket.tcp
                ? RawPacket.tcp(.synchronize, from: from, to: to, [])
                : .udp(from: from, to: to, [0, 0])
            _ = sender.send(packet.bytes, to: LabSocketAddress(destination))
        }
    }

    private let streams: [Stream]
    private let isOver = Atomic(false)
    private let result = Mutex(Arrivals())

    init(in policed: PolicedLab) throws {
        let front = try policed.lab.host(named: "front")
        let web = try policed.lab.host(named: "web")
        streams = try [
            (0, RawPacket.tcp), (1, RawPacket.udp), (1, RawPacket.tcp), (0, RawPacket.udp),
        ]
        .map { family, transport in
            let source = try LabAddress(PolicedLab.front[family])
            return Stream(
                source: source, destination: try LabAddress(PolicedLab.web[family]),
                transport: transport,
                sender: try .raw(255, source.family, in: front),
                observer: try .raw(transport, source.family, in: web))
        }
    }

    /// Sends packets until `body` has ended.
    ///
    /// - Parameter awaitsArrival: whether to give each packet time to arrive before the next one
    ///   is sent, so that none is lost for lack of room.
    func whileBlowing(awaitsArrival: Bool, _ body: () throws -> Void) throws -> Arrivals {
        let thread = try PosixThread { self.blow(awaitsArrival: awaitsArrival) }
        let outcome = Result { try body() }
        isOver.store(true, ordering: .relaxed)
        thread.join()
        try outcome.get()
        return result.withLock { $0 }
    }

    private func blow(awaitsArrival: Bool) {
        var arrivals = Arrivals()
        while !isOver.load(ordering: .relaxed) {
            let stream = streams[arrivals.sent % streams.count]
            stream.send(arrivals.sent / streams.count)
            arrivals.sent += 1
            if awaitsArrival {
                arrivals.arrived += stream.awaitArrival(within: .seconds(1))
            }
        }
        if !awaitsArrival {
            usleep(100_000)
            arrivals.arrived = streams.reduce(0) { $0 + $1.arrivals() }
        }
        result.withLock { $0 = arrivals }
    }
}
