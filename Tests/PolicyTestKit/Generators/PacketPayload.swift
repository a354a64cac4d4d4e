// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// What a packet is apart from its addresses: its protocol, and its port or ICMP type.
struct PacketPayload: Hashable, Sendable {
    var transport: IPProtocol
    var port: UInt16?
    var icmpType: UInt8?

    func packet(from source: IPAddress, to destination: IPAddress) -> PacketDescription {
        PacketDescription(
            source: source, destination: destination, transport: transport,
            destinationPort: port, icmpType: icmpType)
    }

    /// The payloads of one family: every interesting port number for each of TCP, UDP and SCTP, and
    /// protocols without ports.
    static func payloads(of family: AddressFamily, _ state: ClusterState) -> [PacketPayload] {
        let numbers = numbers(of: state)
        let withPort = Vocabulary.transports.flatMap { transport in
            numbers.map { PacketPayload(transport: transport, port: $0) }
        }
        return withPort + messages(of: family) + [PacketPayload(transport: Vocabulary.esp)]
    }

    /// Echo requests; and around the types of neighbour discovery, in both families, because they
    /// mean that in IPv6 alone (S44).
    private static func messages(of family: AddressFamily) -> [PacketPayload] {
        switch family {
        case .ipv4:
            [3, 8, 130, 135, 143].map { PacketPayload(transport: .icmp, icmpType: $0) }
        case .ipv6:
            [1, 128, 129, 130, 135, 136, 137, 142, 143, 144]
                .map { PacketPayload(transport: .icmpv6, icmpType: $0) }
        }
    }

    /// In ascending order: both ends of every range that a rule names and their neighbours, every
    /// number that a pod gives a name, and one that nobody mentions.
    private static func numbers(of state: ClusterState) -> [UInt16] {
        let rules = state.policies.flatMap(\.allRules)
        let edges = rules.flatMap(ranges).flatMap { range in
            [Int(range.lowerBound), Int(range.upperBound)].flatMap { [$0 - 1, $0, $0 + 1] }
        }
        let named = state.endpoints.flatMap(\.namedPorts).map(\.number)
        let unmentioned: UInt16 = 12345
        return Set(edges.compactMap(UInt16.init(exactly:)) + named + [unmentioned])
            .subtracting([0]).sorted()
    }

    private static func ranges(_ rule: Rule) -> [ClosedRange<UInt16>] {
        guard case .only(let ports) = rule.ports else { return [] }
        return ports.compactMap { port in
            guard case .numbers(_, let range) = port else { return nil }
            return range
        }
    }
}
