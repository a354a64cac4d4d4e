// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import NetworkPrimitives
import PolicyVerification

/// A node between two cables: what is put in on the left and forwarded comes out on the right,
/// from any address to any other.
///
/// Policies at the node's hooks see what they would see on a node between a cluster's pods, which
/// need not exist. So one wire serves for any number of clusters, and for thousands of packets at
/// once: none waits for an answer.
public final class Wire {
    /// Where policies are enforced.
    public let node: NetworkNamespace

    private let ends: [NetworkNamespace]
    private let left: CableEnd
    private let right: CableEnd
    /// Where the left cable enters the node, before any hook: sees fences only.
    private let tap: CableEnd
    private let senders: [SocketFamily: Socket]
    private var run: WireRun

    /// How many packets are under way at once: less than the kernel's queue of packets that wait to
    /// be taken in (`net.core.netdev_max_backlog`, 1000).
    private static let batch = 250
    /// How long a packet may take, and how long it may when it is sent again.
    private static let patience: [Duration] = [.milliseconds(200), .milliseconds(600), .seconds(1)]
    private static let nodeHardware: [UInt8] = [0x02, 0x00, 0x5e, 0x02, 0x00, 0x00]

    /// The node's interface by which packets come.
    public static let input = "left"
    /// The node's interface by which they leave.
    public static let output = "right"

    /// Builds a wire.
    ///
    /// - Parameter nodeAddresses: the node's own; they are on its loopback interface.
    /// - Throws: `LabError` when the system refuses any part.
    public init(nodeAddresses: [IPAddress] = []) throws {
        node = try NetworkNamespace("wire")
        ends = [try NetworkNamespace("left"), try NetworkNamespace("right")]
        try node.configure(LabWiring.settings.merging(LabWiring.nodeSettings) { $1 })
        for end in ends { try end.configure(LabWiring.settings) }
        try node.connect(Self.lines(ends.map(\.name), nodeAddresses))
        for end in ends { try end.connect("link set eth0 up\n") }
        try node.awaitCables()
        try node.awaitRoutes(to: nodeAddresses.map(LabAddress.init))
        left = try ends[0].run { try CableEnd("eth0", to: Self.nodeHardware) }
        right = try ends[1].run { try CableEnd("eth0", to: Self.nodeHardware) }
        tap = try node.run { try CableEnd("left", to: Self.nodeHardware, seesFencesOnly: true) }
        senders = try node.run {
            [.v4: try Socket(sendingWholePackets: .v4), .v6: try Socket(sendingWholePackets: .v6)]
        }
        run = WireRun()
    }

    /// The lines for `ip -batch` in the node: a default route to the right, and no question about
    /// anybody's hardware address.
    private static func lines(_ ends: [String], _ addresses: [IPAddress]) -> String {
        var lines = ["link set lo up"]
        lines += addresses.map {
            $0.family == .ipv4
                ? "address add \($0)/32 dev lo" : "address add \($0)/128 dev lo nodad"
        }
        for (name, namespace) in zip(["left", "right"], ends) {
            let hardware = name == "left" ? "address 02:00:5e:02:00:00 " : ""
            lines += [
                "link add \(name) \(hardware)type veth peer name eth0 netns \(namespace)",
                "link set \(name) up",
            ]
        }
        for gateway in ["169.254.1.1", "fe80::1"] {
            lines += [
                "neighbor replace \(gateway) lladdr 02:00:5e:01:00:01 dev right nud permanent",
                "route add default via \(gateway) dev right onlink",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Makes the node forget every connection.
    ///
    /// - Throws: `LabError` when the kernel refuses.
    public func flushConnectionTracking() throws {
        try node.run { try ConnectionTracking.flush() }
    }

    /// Sends packets, those again that are expected and do not come out.
    ///
    /// - Parameters:
    ///   - packets: all of them routable, and to none of the node's own addresses.
    ///   - expected: which of them are expected to come out.
    /// - Returns: which of them did.
    /// - Throws: `LabError` when the system refuses, or when a packet of the call before, taken for
    ///   lost, comes out now.
    public func carry(_ packets: [WirePacket], expecting expected: [Bool]) throws -> [Bool] {
        precondition(packets.count == expected.count, "one expectation for each packet")
        run.begin(count: packets.count)
        for start in stride(from: 0, to: packets.count, by: Self.batch) {
            var batch = Array(start..<min(start + Self.batch, packets.count))
            for patience in Self.patience where !batch.isEmpty {
                for index in batch { try send(packets[index], as: index) }
                try awaitFence()
                try collect(within: patience) { run in
                    batch.allSatisfy { !expected[$0] || run.arrived[$0] }
                }
                batch.removeAll { !expected[$0] || run.arrived[$0] }
            }
        }
        return run.arrived
    }

    private func send(_ packet: WirePacket, as index: Int) throws {
        let bytes = run.add(packet, as: index)
        if packet.isSentByNode {
            let destination = LabSocketAddress(LabAddress(packet.packet.destination))
            // A hook that drops it says EPERM here.
            _ = senders[destination.address.family]!.send(bytes, to: destination)
        } else {
            try left.send(bytes)
        }
    }

    /// Waits until the node has done with all packets that were sent, and until what it has
    /// forwarded is out. Each step is a queue, so what is sent later comes later.
    private func awaitFence() throws {
        for _ in 0..<2 {
            tap.receiveAll { _ in }
            try left.sendFence()
            guard tap.awaitPacket(within: .seconds(10)) else {
                throw LabError(operation: "carry", object: "packets", reason: "nothing arrives")
            }
        }
    }

    private func collect(within patience: Duration, _ condition: (WireRun) -> Bool) throws {
        let deadline = ContinuousClock.now + patience
        repeat {
            right.receiveAll { run.note($0) }
            if let late = run.late {
                throw LabError(
                    operation: "carry", object: "\(late)", reason: "it came when it was given up")
            }
            if condition(run) { return }
            _ = right.awaitPacket(within: max(.zero, deadline - .now))
        } while ContinuousClock.now < deadline
    }
}

extension Socket {
    /// A raw socket that sends packets with the internet header that they bring.
    fileprivate convenience init(sendingWholePackets family: SocketFamily) throws(LabError) {
        let kind = SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        self.init(
            owning: try systemCall("socket", on: "whole packets") {
                Glibc.socket(
                    family == .v4 ? AF_INET : AF_INET6, Int32(kind), Int32(IPPROTO_RAW))
            })
    }
}
