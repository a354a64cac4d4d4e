// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CPacketInjector
import NetworkPrimitives

/// UDP packets from many senders to one endpoint, as frames and as what varies from one to the next.
struct PacketStream {
    /// The first of the senders, and which bits of its last two bytes are drawn for each packet.
    var source: IPAddress
    var sourceMask: UInt16
    var destination: IPAddress
    var sourcePort: UInt16 = 0x4000
    /// Which bits of the source port are drawn for each packet.
    var portMask: UInt16 = 0
    var destinationPort: UInt16
    /// Where the last two bytes of the varying address are counted from: a reply varies where it
    /// goes to.
    private var isReply = false

    /// The hardware address of the interface by which the packets come.
    static let hardware: [UInt8] = [0x02, 0, 0x5e, 0x03, 0, 0x01]
    private static let payload = 18
    private static let ethernetLength = 14

    init(
        from source: IPAddress, mask: UInt16, to destination: IPAddress, port: UInt16,
        portMask: UInt16
    ) {
        self.source = source
        sourceMask = mask
        self.destination = destination
        self.portMask = portMask
        destinationPort = port
    }

    /// As many packets, each of a new flow, as nobody counts.
    static func newFlows(
        from source: IPAddress, mask: UInt16, to destination: IPAddress, port: UInt16
    ) -> PacketStream {
        PacketStream(from: source, mask: mask, to: destination, port: port, portMask: 0xffff)
    }

    /// The packets of eight flows.
    var ofFewFlows: PacketStream {
        PacketStream(
            from: source, mask: min(7, sourceMask), to: destination, port: destinationPort,
            portMask: 0)
    }

    /// What the destination answers. Only flows whose ports stand fast have answers.
    var replies: PacketStream {
        precondition(portMask == 0, "a port that varies stands elsewhere in answers")
        var reply = self
        reply.isReply = true
        return reply
    }

    private var isIPv4: Bool { source.family == .ipv4 }
    private var headerLength: Int { isIPv4 ? 20 : 40 }

    /// The frame, with zeros for what is drawn.
    var frame: [UInt8] {
        let addresses =
            isReply ? destination.bytes + source.bytes : source.bytes + destination.bytes
        let ports =
            isReply
            ? destinationPort.networkBytes + sourcePort.networkBytes
            : sourcePort.networkBytes + destinationPort.networkBytes
        let length = UInt16(8 + Self.payload)
        // Without a checksum, which conntrack does not miss in either family.
        let datagram =
            ports + length.networkBytes + [0, 0]
            + [UInt8](repeating: 0, count: Self.payload)
        let ethernet = Self.hardware + [0x02, 0, 0x5e, 0x03, 0, 0x02]
        guard isIPv4 else {
            return ethernet + [0x86, 0xdd, 0x60, 0, 0, 0] + length.networkBytes + [17, 64]
                + addresses + datagram
        }
        var header: [UInt8] = [0x45, 0] + (20 + length).networkBytes + [0, 0, 0, 0, 64, 17, 0, 0]
        header += addresses
        let sum = ~Self.foldedSum(header, bigEndian: true)
        header.replaceSubrange(10..<12, with: sum.networkBytes)
        return ethernet + [0x08, 0x00] + header + datagram
    }

    /// What an injector has to know of the frame.
    var variation: packet_variation {
        let addressLength = isIPv4 ? 4 : 16
        let firstAddress = Self.ethernetLength + headerLength - 2 * addressLength
        let varying = firstAddress + addressLength * (isReply ? 2 : 1) - 2
        var header = Array(frame[Self.ethernetLength..<Self.ethernetLength + headerLength])
        if isIPv4 { header.replaceSubrange(10..<12, with: [0, 0]) }
        let place = varying - Self.ethernetLength
        for (offset, bits) in sourceMask.networkBytes.enumerated() {
            header[place + offset] &= ~bits
        }
        return packet_variation(
            source_offset: UInt16(varying), source_mask: sourceMask,
            port_offset: UInt16(Self.ethernetLength + headerLength), port_mask: portMask,
            checksum_offset: isIPv4 ? UInt16(Self.ethernetLength + 10) : 0,
            header_sum: Self.foldedSum(header, bigEndian: false))
    }

    /// The one's complement sum of sixteen-bit words.
    private static func foldedSum(_ bytes: [UInt8], bigEndian: Bool) -> UInt16 {
        var sum: UInt32 = 0
        for place in stride(from: 0, to: bytes.count, by: 2) {
            let (first, second) = (UInt32(bytes[place]), UInt32(bytes[place + 1]))
            sum += bigEndian ? first << 8 | second : second << 8 | first
        }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        return UInt16(sum)
    }
}
