// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

@testable import PolicyTestKit

extension Socket {
    /// A raw socket of a namespace for one protocol's number; one that sends whole packets if the
    /// number is `IPPROTO_RAW`.
    static func raw(
        _ number: UInt8, _ family: SocketFamily, in namespace: NetworkNamespace
    ) throws -> Socket {
        let socket = try namespace.run {
            let kind = SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
            return Socket(
                owning: try systemCall("socket", on: "raw protocol \(number)") {
                    Glibc.socket(family == .v4 ? AF_INET : AF_INET6, Int32(kind), Int32(number))
                })
        }
        try socket.enlargeReceiveBuffer()
        return socket
    }

    /// Waits until something can be read, or for readiness of another kind.
    ///
    /// - Returns: whether it came in time.
    func awaitEvent(_ event: Int32 = POLLIN, within patience: Duration) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        let milliseconds = (patience / .milliseconds(1)).rounded(.up)
        return poll(&polled, 1, Int32(milliseconds)) > 0
    }
}

/// Sends whole packets from a namespace, whatever source they claim.
struct RawSender {
    private let v4: Socket
    private let v6: Socket

    init(in namespace: NetworkNamespace) throws {
        v4 = try .raw(UInt8(IPPROTO_RAW), .v4, in: namespace)
        v6 = try .raw(UInt8(IPPROTO_RAW), .v6, in: namespace)
    }

    /// Sends a packet.
    ///
    /// - Returns: 0 when sent, else an error number. A hook that drops it says `EPERM`.
    @discardableResult
    func send(_ packet: RawPacket) -> Int32 {
        let socket = packet.source.family == .v4 ? v4 : v6
        return socket.send(packet.bytes, to: LabSocketAddress(packet.destination))
    }
}

/// Sees the packets of one protocol that arrive in a namespace, before anybody there judges them.
struct RawObserver {
    private let socket: Socket

    init(_ transport: UInt8, _ family: SocketFamily, in namespace: NetworkNamespace) throws {
        socket = try .raw(transport, family, in: namespace)
    }

    /// Whether a packet that ends like this one arrives in time; takes all that come before.
    func sees(_ marker: [UInt8], within patience: Duration) -> Bool {
        let deadline = ContinuousClock.now + patience
        var isSeen = false
        repeat {
            socket.receiveAll { payload, _ in
                isSeen = isSeen || payload.suffix(marker.count).elementsEqual(marker)
            }
            if isSeen { return true }
            _ = socket.awaitEvent(within: max(.zero, deadline - .now))
        } while ContinuousClock.now < deadline
        return false
    }
}

extension PolicedLab {
    /// How long a packet may take that is to arrive.
    static let patience: Duration = .seconds(2)

    /// How long to wait for one that is not to arrive.
    static let silence: Duration = .milliseconds(200)

    /// Sends a packet from a host or the node, and tells whether a host receives it.
    ///
    /// - Parameters:
    ///   - marker: how the packet ends; what else arrives is not counted.
    ///   - expected: whether it is expected to arrive, and so how long to wait for it.
    func delivers(
        _ packet: RawPacket, endingIn marker: [UInt8], from: String, to: String, expected: Bool
    ) throws -> Bool {
        let observer = try RawObserver(
            packet.transport, packet.source.family, in: lab.host(named: to))
        try RawSender(in: lab.namespace(of: Self.endpoint(from))).send(packet)
        return observer.sees(marker, within: expected ? Self.patience : Self.silence)
    }
}
