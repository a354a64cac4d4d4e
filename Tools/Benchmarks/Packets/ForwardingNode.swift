// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CPacketInjector
import Foundation
import PolicyTestKit

/// A node of nothing but a way through it: packets that are injected at a tap are forwarded to an
/// ifb device, which counts them and throws them away. Neither costs what a cable would, and all
/// that a packet meets happens in the thread that injects it.
final class ForwardingNode {
    /// Where rulesets are loaded.
    let namespace: PolicyTestKit.NetworkNamespace
    private let tap: Int32
    private let tapIndex: UInt32

    /// The interface by which packets come.
    static let input = "tap0"
    /// The interface behind which the endpoint is.
    static let output = "cali0"
    /// What is routed to the endpoint, and what to the senders.
    private static let routes = [
        "10.20.0.0/16 dev \(output)", "10.64.0.0/10 dev \(input)",
        "fd00:20::/64 dev \(output)", "fd00:64::/64 dev \(input)",
    ]
    private static let settings = [
        "ipv4/ip_forward": "1", "ipv6/conf/all/forwarding": "1",
        "ipv4/conf/all/rp_filter": "0", "ipv4/conf/default/rp_filter": "0",
        "ipv4/conf/all/send_redirects": "0", "ipv4/conf/default/send_redirects": "0",
        "ipv6/conf/default/router_solicitations": "0", "ipv6/conf/all/accept_dad": "0",
        "ipv6/conf/default/accept_dad": "0",
    ]
    /// The processor that all measurements run on.
    private static let processor = Int32(ProcessInfo.processInfo.processorCount - 1)

    /// Builds a node.
    ///
    /// - Throws: `LabError` or ``BenchmarkFailure`` when the system refuses.
    init(_ label: String) throws {
        let namespace = try PolicyTestKit.NetworkNamespace(label)
        self.namespace = namespace
        try namespace.configure(Self.settings)
        tap = try namespace.run { try Self.check("make a tap", packet_tap_open(Self.input)) }
        let hardware = PacketStream.hardware.map { String(format: "%02x", $0) }
        var lines = ["link set lo up", "link add \(Self.output) type ifb"]
        for device in [Self.input, Self.output] {
            lines.append("link set \(device) arp off addrgenmode none")
        }
        lines += [
            "link set \(Self.input) address \(hardware.joined(separator: ":"))",
            "link set \(Self.input) up", "link set \(Self.output) up",
        ]
        lines += Self.routes.map { "route add \($0)" }
        try namespace.connect(lines.joined(separator: "\n") + "\n")
        tapIndex = try namespace.run { if_nametoindex(Self.input) }
    }

    deinit { close(tap) }

    /// What an injection came to.
    struct Passage {
        /// Processor time for each packet, in nanoseconds.
        var time: Double
        /// How many packets came out.
        var forwarded: Int
    }

    /// Has so many packets arrive.
    ///
    /// - Throws: ``BenchmarkFailure`` when the kernel refuses.
    func inject(_ injector: Injector, count: Int) throws -> Passage {
        try namespace.run {
            try Self.check("pin a thread", packet_pin(Self.processor))
            let before = try Self.forwarded()
            var time: UInt64 = 0
            try Self.check(
                "run an XDP program on live frames (Linux 5.18)",
                packet_inject(
                    injector.program, injector.frame, injector.frame.count, tapIndex,
                    UInt32(count), &time))
            return Passage(
                time: Double(time) / Double(count), forwarded: try Self.forwarded() - before)
        }
    }

    /// An XDP program that makes a stream's packets.
    final class Injector {
        fileprivate let program: Int32
        fileprivate let frame: [UInt8]

        init(_ stream: PacketStream) throws {
            frame = stream.frame
            var variation = stream.variation
            program = try ForwardingNode.check(
                "load an XDP program", packet_program_load(frame, frame.count, &variation))
        }

        deinit { close(program) }
    }

    /// How many packets the ifb device was given, from `/proc/net/dev`.
    private static func forwarded() throws -> Int {
        let text = try String(contentsOfFile: "/proc/thread-self/net/dev", encoding: .utf8)
        for line in text.split(separator: "\n") {
            let fields = line.split { $0 == " " || $0 == ":" }
            if fields.count > 2, fields[0] == output, let packets = Int(fields[2]) {
                return packets
            }
        }
        throw BenchmarkFailure(text: "no interface \(output) in /proc/net/dev")
    }

    @discardableResult
    fileprivate static func check(_ what: String, _ result: Int32) throws -> Int32 {
        guard result < 0 else { return result }
        throw BenchmarkFailure(text: "cannot \(what): \(String(cString: strerror(-result)))")
    }
}
