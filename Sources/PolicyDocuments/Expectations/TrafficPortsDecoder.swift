// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

extension TrafficPorts {
    private static let transports: [String: IPProtocol] = [
        "tcp": .tcp, "udp": .udp, "sctp": .sctp,
    ]

    /// Decodes an entry of `port`: `80`, `80/tcp`, `8000-8100/udp`, `http`, `dns/udp`, `tcp`, `icmp`
    /// or `any`. A number without a protocol is about TCP, as in policies (S26).
    init?(_ field: Field, _ log: inout ProblemLog) {
        if case .integer = field.node.scalar {
            guard let number = field.portNumber(&log) else { return nil }
            self = .numbers(.tcp, number...number)
            return
        }
        guard let text = field.string(&log) else { return nil }
        if let ports = Self(text.lowercased()) {
            self = ports
        } else {
            log.error(
                field, "\(MessageText.quoted(text)) is not a port",
                remedy: "write 80, 80/tcp, 8000-8100/udp, a port's name, tcp, icmp or any")
            return nil
        }
    }

    private init?(_ text: String) {
        if text == "any" {
            self = .any
        } else if text == "icmp" {
            self = .icmp
        } else if let transport = Self.transports[text] {
            self = .every(transport)
        } else {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            let transport = parts.count == 2 ? Self.transports[String(parts[1])] : nil
            guard parts.count == 1 || parts.count == 2 && transport != nil else { return nil }
            if let range = Self.range(parts[0]) {
                self = .numbers(transport ?? .tcp, range)
            } else if NameSyntax.isPortName(String(parts[0])) {
                self = .named(String(parts[0]), transport)
            } else {
                return nil
            }
        }
    }

    private static func range(_ text: Substring) -> ClosedRange<UInt16>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first > 0,
            first <= last
        else { return nil }
        return first...last
    }
}
