// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import PolicyTestKit

/// A node with two pods on a bridge and one that it routes to, without the lab's wiring: there,
/// every pod is routed to.
///
/// Hardware addresses are known to both ends, so that a packet goes at once or not at all.
struct BridgedPods {
    let node: PolicyTestKit.NetworkNamespace
    private let pods: [PolicyTestKit.NetworkNamespace]

    /// Whether a namespace of this kernel has the settings of `br_netfilter`.
    static let hasBridgeFilter = access("/proc/sys/net/bridge/bridge-nf-call-iptables", F_OK) == 0

    /// The addresses of the pods on the bridge, IPv4 and IPv6.
    static let bridged = [["10.244.7.2", "fd00:7::2"], ["10.244.7.3", "fd00:7::3"]]
    /// Those of the pod that is routed to.
    static let routed = ["10.244.8.2", "fd00:8::2"]

    init(_ label: String) throws {
        node = try PolicyTestKit.NetworkNamespace("\(label)-node")
        pods = try (0..<2).map { try PolicyTestKit.NetworkNamespace("\(label)-pod\($0)") }
        try ip(
            node, "link set lo up", "link add cni0 type bridge", "link set cni0 up",
            "address add 10.244.7.1/24 dev cni0", "address add fd00:7::1/64 dev cni0 nodad")
        for (index, pod) in pods.enumerated() {
            try ip(
                node,
                "link add veth\(index) type veth peer name eth0 address \(hardware(index)) "
                    + "netns \(pod.name)", "link set veth\(index) master cni0 up")
            let other = 1 - index
            try ip(
                pod, "link set eth0 up",
                "address add \(Self.bridged[index][0])/24 dev eth0",
                "neighbor replace \(Self.bridged[other][0]) lladdr \(hardware(other)) "
                    + "dev eth0 nud permanent")
        }
        try ip(
            node, "link add routed0 type veth peer name routed1", "link set routed0 up",
            "link set routed1 up", "route add \(Self.routed[0]) dev routed0",
            "route add \(Self.routed[1]) dev routed0",
            "route add 10.244.9.0/24 via 10.244.7.3", "route add fd00:9::/64 via fd00:7::3",
            "route add blackhole 10.244.10.0/24", "route add unreachable fd00:10::/64")
    }

    private func hardware(_ index: Int) -> String { "02:00:5e:00:00:0\(index + 2)" }

    private func ip(_ namespace: PolicyTestKit.NetworkNamespace, _ lines: String...) throws {
        try namespace.execute(["ip", "-batch", "-"], input: lines.joined(separator: "\n") + "\n")
    }

    /// Writes a setting of `br_netfilter` for the node.
    func setBridgeFilter(_ families: String..., isOn: Bool) throws {
        try node.run {
            for family in families {
                try Data((isOn ? "1" : "0").utf8).write(
                    to: URL(fileURLWithPath: "/proc/sys/net/bridge/bridge-nf-call-\(family)"))
            }
        }
    }

    /// Whether a datagram of the first pod reaches the second.
    func datagramPasses() throws -> Bool {
        let receiver = try pods[1].run { socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0) }
        let sender = try pods[0].run { socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0) }
        defer {
            close(receiver)
            close(sender)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(8080).bigEndian
        address.sin_addr.s_addr = inet_addr(Self.bridged[1][0])
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isSent = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(receiver, $0, length) == 0
                    && sendto(sender, "?", 1, 0, $0, length) == 1
            }
        }
        guard isSent else {
            throw LabError(operation: "send", object: "a datagram", errorNumber: errno)
        }
        var awaited = pollfd(fd: receiver, events: Int16(POLLIN), revents: 0)
        return poll(&awaited, 1, 1000) == 1
    }

    /// Runs the command that was built beside the tests on the node.
    ///
    /// - Parameters:
    ///   - withErrors: whether standard error comes behind standard output, or goes nowhere.
    ///   - hidesBridgeFilter: whether it sees no more of `br_netfilter` than where that is not
    ///     loaded.
    func sluice(
        _ arguments: String..., input: String, withErrors: Bool = false,
        hidesBridgeFilter: Bool = false
    ) throws -> String {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let settings = "/proc/sys/net/bridge"
        let cover = "if [ -d \(settings) ]; then mount -t tmpfs none \(settings); fi; "
        let script =
            (hidesBridgeFilter ? cover : "") + "exec \"$0\" \"$@\" "
            + (withErrors ? "2>&1" : "2>/dev/null")
        return try node.execute(
            (hidesBridgeFilter ? ["unshare", "--mount"] : [])
                + ["sh", "-c", script, folder.path + "/sluice"]
                + arguments + ["-f", "-", "--node", "node-a"], input: input)
    }
}
