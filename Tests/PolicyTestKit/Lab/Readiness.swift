// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// What the kernel still has to do, on threads of its own, after `ip` has said that all is done.
/// Until then packets are lost without a trace.
extension NetworkNamespace {
    /// How long the kernel may take.
    private static let patience: Duration = .seconds(10)

    /// How often to look, in microseconds.
    private static let interval: UInt32 = 1_000

    /// Waits until all cables that end here carry packets.
    ///
    /// The end that is opened first hears of the other end a little later.
    ///
    /// - Throws: `LabError` when a cable is still dead after a long time.
    func awaitCables() throws {
        try awaitAll("carrier") {
            let cables = try execute(["ip", "-oneline", "link", "show", "type", "veth"])
            return cables.split(separator: "\n").map(String.init).filter {
                !$0.contains(" state UP ") || $0.contains(" qdisc noop ")
            }
        }
    }

    /// Waits until packets to the namespace's own addresses are taken in.
    ///
    /// An IPv6 address is there at once, the route that makes it local a little later.
    ///
    /// - Throws: `LabError` when a route is missing after a long time.
    func awaitRoutes(to addresses: [LabAddress]) throws {
        try awaitAll("local route") {
            let routes = try run { try localRoutes() }
            return addresses.filter { $0.family == .v6 && !routes.contains($0) }.map(\.description)
        }
    }

    private func awaitAll(_ object: String, missing: () throws -> [String]) throws {
        let deadline = ContinuousClock.now + Self.patience
        while let first = try missing().first {
            guard ContinuousClock.now < deadline else {
                throw LabError(operation: "await", object: "\(object) in \(name)", reason: first)
            }
            usleep(Self.interval)
        }
    }

    /// The IPv6 addresses that the calling thread's namespace takes packets for.
    private func localRoutes() throws -> Set<LabAddress> {
        let table = try TextFile.existing("/proc/thread-self/net/ipv6_route").contents
        let routes = table.split(separator: "\n").map { $0.split(separator: " ") }
        return Set(
            routes.compactMap { fields in
                guard fields.count >= 9, let flags = UInt32(fields[8], radix: 16),
                    flags & Self.localRoute != 0,
                    let high = UInt64(fields[0].prefix(16), radix: 16),
                    let low = UInt64(fields[0].suffix(16), radix: 16)
                else { return nil }
                var bytes: [UInt8] = []
                bytes.append(networkOrder: high)
                bytes.append(networkOrder: low)
                return LabAddress(family: .v6, bytes: bytes)
            })
    }

    /// `RTF_LOCAL` among the flags of a route.
    private static let localRoute: UInt32 = 0x8000_0000
}
