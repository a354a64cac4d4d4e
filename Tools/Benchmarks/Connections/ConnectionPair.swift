// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CPacketInjector
import Foundation
import PolicyTestKit

/// Two pods of a lab on one node, and TCP connections from the one to the other.
///
/// One thread plays both sides: a connection is made through the node's stack, taken, and reset by
/// the client, so that no port waits for another to end. All of it runs on one processor, and
/// nobody waits for anybody.
final class ConnectionPair {
    static let client = "client"
    static let server = "server"
    static let port: UInt16 = 8080

    let lab: Lab
    private let listener: Int32
    private let place: sockaddr_in

    /// The client's address is the first.
    init(_ addresses: [String]) throws {
        lab = try Lab(
            hosts: [
                LabHost(name: Self.client, addresses: [addresses[0]]),
                LabHost(name: Self.server, addresses: [addresses[1]]),
            ], servedPorts: [80])
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = Self.port.bigEndian
        inet_pton(AF_INET, addresses[1], &place.sin_addr)
        self.place = place
        listener = try lab.host(named: Self.server).run {
            let listener = try Self.check(
                "socket", socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
            try Self.withAddress(place) { address, length in
                _ = try Self.check("bind", bind(listener, address, length))
            }
            try Self.check("listen", listen(listener, 16))
            return listener
        }
    }

    deinit { close(listener) }

    /// What a number of connections took, each, in nanoseconds.
    struct Time {
        var elapsed: Double
        var processor: Double
    }

    /// Makes and ends so many connections, after a few that do not count.
    func connect(_ count: Int) throws -> Time {
        try lab.host(named: Self.client).run {
            try Self.check(
                "pin a thread", packet_pin(Int32(ProcessInfo.processInfo.processorCount - 1)))
            for _ in 0..<count / 10 { try connectOnce() }
            let elapsed = Self.now(CLOCK_MONOTONIC)
            let processor = Self.now(CLOCK_THREAD_CPUTIME_ID)
            for _ in 0..<count { try connectOnce() }
            return Time(
                elapsed: (Self.now(CLOCK_MONOTONIC) - elapsed) / Double(count),
                processor: (Self.now(CLOCK_THREAD_CPUTIME_ID) - processor) / Double(count))
        }
    }

    private func connectOnce() throws {
        let client = try Self.check(
            "socket", socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        defer { close(client) }
        // Closing resets.
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            client, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        // A ruleset that drops what it must accept is an error soon.
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            client, SOL_SOCKET, SO_SNDTIMEO, &patience,
            socklen_t(MemoryLayout.size(ofValue: patience)))
        try Self.withAddress(place) { address, length in
            _ = try Self.check("connect", Glibc.connect(client, address, length))
        }
        close(try Self.check("accept", accept(listener, nil, nil)))
    }

    private static func withAddress<Result>(
        _ place: sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
    ) rethrows -> Result {
        try withUnsafePointer(to: place) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    @discardableResult
    private static func check(_ call: String, _ result: Int32) throws -> Int32 {
        guard result < 0 else { return result }
        throw BenchmarkFailure(text: "\(call): \(String(cString: strerror(errno)))")
    }
}
