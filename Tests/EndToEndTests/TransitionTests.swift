// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import PolicyModel
import Synchronization
import Testing

@testable import PolicyTestKit

/// What packets meet while one ruleset takes another's place.
@Suite(.needsNamespaces, .serialized)
struct TransitionTests {
    private static let transitions = 400

    /// Ways to deny what the packets of these tests ask for, and to allow something else or not:
    /// as updates of one policy, and as another policy in its place. Ingress denies in all of them:
    /// a packet's two lookups are not one to the kernel, so that where the sender's policies take
    /// over from the receiver's, it may meet the old ones of the one and the new ones of the other.
    private static let denials: [[Policy]] = [
        [.forApp("web", name: "one", ingress: [])],
        [.forApp("web", name: "two", ingress: [])],
        [.forApp("web", name: "one", ingress: [.allow(.app("front"), .tcp(443))])],
        [
            .forApp(
                "web", name: "one", ingress: [.allow(.blocks("203.0.113.0/24", "2001:db8::/32"))])
        ],
        [.isolating("web"), .isolating("front")],
        [
            .forApp("web", name: "one", ingress: []),
            .forApp("web", name: "two", ingress: [.allow(.app("web")), .allow(.anyone, .udp(53))]),
        ],
    ]

    /// Ways to allow it.
    private static let permissions: [[Policy]] = [
        [.forApp("web", name: "one", ingress: [.allow()])],
        [.forApp("web", name: "two", ingress: [.allow(.app("front"), .tcp(80), .udp(80))])],
        [.forApp("web", name: "one", ingress: [.allow(.blocks("10.0.0.0/24", "fd00::/64"))])],
        [.forApp("front", name: "one", egress: [.allow(.app("web"))])],
        [
            .forApp("web", name: "one", ingress: []),
            .forApp("web", name: "two", ingress: [.allow(.anyone, .tcp(80), .udp(80))]),
            .forApp("front", name: "one", egress: [.allow(.app("web"), .tcp(80), .udp(80))]),
        ],
        [],
    ]

    @Test("S13: between two rulesets that both deny, no packet gets through")
    func denialsLeaveNoGap() throws {
        let policed = try PolicedLab()
        try policed.enforce(Self.denials[0])
        let storm = try PacketStorm(in: policed)
        let arrivals = try storm.whileBlowing(awaitsArrival: false) {
            for step in 1...Self.transitions {
                try policed.enforce(Self.denials[step % Self.denials.count])
            }
        }
        print("\(Self.transitions) transitions, \(arrivals.sent) packets denied meanwhile")
        #expect(arrivals.sent > Self.transitions)
        #expect(arrivals.arrived == 0, "of \(arrivals.sent) packets")
    }

    @Test("S13: between two rulesets that both allow, no packet is lost")
    func permissionsLeaveNoGap() throws {
        let policed = try PolicedLab()
        try policed.enforce(Self.permissions[0])
        let storm = try PacketStorm(in: policed)
        let arrivals = try storm.whileBlowing(awaitsArrival: true) {
            for step in 1...Self.transitions {
                try policed.enforce(Self.permissions[step % Self.permissions.count])
            }
        }
        print("\(Self.transitions) transitions, \(arrivals.sent) packets allowed meanwhile")
        #expect(arrivals.sent > Self.transitions)
        #expect(arrivals.arrived == arrivals.sent)
    }

    @Test("S13: a gap between two rulesets would be noticed by these tests")
    func gapsAreNoticed() throws {
        let policed = try PolicedLab()
        try policed.enforce(Self.denials[0])
        let storm = try PacketStorm(in: policed)
        let arrivals = try storm.whileBlowing(awaitsArrival: false) {
            for step in 1...Self.transitions {
                try policed.reset()
                try policed.enforce(Self.denials[step % Self.denials.count])
            }
        }
        #expect(arrivals.arrived > 0, "of \(arrivals.sent) packets")
    }
}

/// Opens connections and sends datagrams from the pod `front` to port 80 of `web` as fast as it
/// can, each from a port of its own, so that none passes as part of an earlier one.
private final class PacketStorm: Sendable {
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
