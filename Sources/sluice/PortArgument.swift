// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import NetworkPrimitives
import PolicyAnalysis

/// A port or range of ports as people type them: `80`, `80/tcp`, `8000-8010/udp`, `sctp`.
struct PortArgument: ExpressibleByArgument {
    /// The packets that are meant.
    let packets: TransportSet

    init?(argument: String) {
        let parts = argument.lowercased().split(separator: "/", omittingEmptySubsequences: false)
        let transports: [Substring: IPProtocol] = ["tcp": .tcp, "udp": .udp, "sctp": .sctp]
        switch parts.count {
        case 1 where transports[parts[0]] != nil:
            packets = TransportSet(transports[parts[0]]!, ports: 1...UInt16.max)
        case 1, 2:
            // As in a policy, a port alone is TCP's (S26).
            guard let transport = transports[parts.count == 2 ? parts[1] : "tcp"],
                let ports = Self.range(parts[0])
            else { return nil }
            packets = TransportSet(transport, ports: ports)
        default: return nil
        }
    }

    private static func range(_ text: Substring) -> ClosedRange<UInt16>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
            $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                ? UInt16($0) : nil
        }
        guard let first = ends.first, let low = first, low > 0, ends.count <= 2,
            let last = ends.last, let high = last, low <= high
        else { return nil }
        return low...high
    }
}
