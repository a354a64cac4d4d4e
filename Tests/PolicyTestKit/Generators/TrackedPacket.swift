// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyVerification

extension Packet {
    /// A new connection's first packet as connection tracking sees it. An ICMP message has its code
    /// in the second byte of what would be a source port.
    public init(_ packet: PacketDescription, isFromThisNode: Bool) {
        let isDiscovery =
            packet.transport == .icmpv6
            && [130, 131, 132, 133, 134, 135, 136, 143].contains(packet.icmpType ?? 0)
        self.init(
            from: packet.source, to: packet.destination, transport: packet.transport,
            sourcePort: packet.destinationPort == nil
                ? packet.icmpCode.map(UInt16.init) : packet.sourcePort ?? 40_000,
            destinationPort: packet.destinationPort, icmpType: packet.icmpType,
            connection: isDiscovery ? .untracked : .new, isFromThisNode: isFromThisNode)
        original = packet.original.map { OriginalAddress(address: $0.address, port: $0.port) }
    }
}
