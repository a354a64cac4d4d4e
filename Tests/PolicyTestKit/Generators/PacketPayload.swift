// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// What a packet is apart from its addresses: its protocol, and its ports or ICMP type and code.
struct PacketPayload: Hashable, Sendable {
    var transport: IPProtocol
    var port: UInt16?
    var sourcePort: UInt16?
    var icmpType: UInt8?
    var icmpCode: UInt8?

    func packet(from source: IPAddress, to destination: IPAddress) -> PacketDescription {
        PacketDescription(
            source: source, destination: destination, transport: transport,
            destinationPort: port, sourcePort: sourcePort, icmpType: icmpType, icmpCode: icmpCode)
    }

    /// The payloads of one family: every interesting port number for each of TCP, UDP and SCTP, and
    /// protocols without ports. Source ports and ICMP codes are there where rules ask for them.
    static func payloads(of family: AddressFamily, _ state: ClusterState) -> [PacketPayload] {
        let ports = InterestingPorts(state)
        let withPort = Vocabulary.transports.flatMap { transport in
            ports.destinations.flatMap { number in
                ports.sources.map {
                    PacketPayload(transport: transport, port: number, sourcePort: $0)
                }
            }
        }
        return withPort + messages(of: family, state)
            + [PacketPayload(transport: Vocabulary.esp)]
    }

    /// Echo requests; and around the types of neighbour discovery, in both families, because they
    /// mean that in IPv6 alone (S44). Where rules name types: echo requests, solicitations, and those
    /// types and their neighbours, with each code that rules name and another one.
    private static func messages(
        of family: AddressFamily, _ state: ClusterState
    ) -> [PacketPayload] {
        let transport: IPProtocol = family == .ipv4 ? .icmp : .icmpv6
        let types: [UInt8] =
            family == .ipv4
            ? [3, 8, 130, 135, 143] : [1, 128, 129, 130, 135, 136, 137, 142, 143, 144]
        let asked = state.everyRule.flatMap(\.everyDestinationPort).compactMap { match in
            if case .icmp(_, let type, let code) = match { (type: type, code: code) } else { nil }
        }
        if asked.isEmpty {
            return types.map { PacketPayload(transport: transport, icmpType: $0) }
        }
        let usual: [UInt8] = family == .ipv4 ? [8] : [128, 135]
        let codes = Set(asked.compactMap(\.code) + [7]).sorted()
        let neighbours = asked.flatMap { [$0.type, $0.type ^ 1] }
        return Set(usual + neighbours).sorted().flatMap { type in
            codes.map { PacketPayload(transport: transport, icmpType: type, icmpCode: $0) }
        }
    }
}
