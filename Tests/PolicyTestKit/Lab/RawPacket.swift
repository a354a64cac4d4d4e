// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A whole internet packet, made by hand.
struct RawPacket {
    let source: LabAddress
    let destination: LabAddress

    /// The number of the transport protocol.
    let transport: UInt8

    /// The transport's header and what comes behind it, checksum included.
    let content: [UInt8]

    /// What tells the packet from others wherever it is forwarded: IPv4's identification, IPv6's
    /// flow label. Zero says nothing.
    var identifier: UInt16 = 0

    /// The packet with its internet header.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        switch source.family {
        case .v4:
            bytes += [0x45, 0]
            bytes.append(networkOrder: UInt16(20 + content.count))
            bytes.append(networkOrder: identifier)
            bytes += [0, 0, 64, transport, 0, 0]
            bytes += source.bytes + destination.bytes
            var checksum: [UInt8] = []
            checksum.append(networkOrder: Self.checksum(of: bytes))
            bytes.replaceSubrange(10..<12, with: checksum)
        case .v6:
            bytes += [0x60, 0]
            bytes.append(networkOrder: identifier)
            bytes.append(networkOrder: UInt16(content.count))
            bytes += [transport, 255]
            bytes += source.bytes + destination.bytes
        }
        return bytes + content
    }

    /// A packet whose content is ready to be sent.
    init(
        from source: LabAddress, to destination: LabAddress, transport: UInt8, content: [UInt8]
    ) {
        self.source = source
        self.destination = destination
        self.transport = transport
        self.content = content
    }

    /// A packet whose content has a checksum at an offset, over the addresses too if it is said
    /// so.
    private init(
        _ source: LabAddress, _ destination: LabAddress, _ transport: UInt8, _ content: [UInt8],
        checksumAt offset: Int, coversAddresses: Bool
    ) {
        var summed = content
        if coversAddresses {
            summed += source.bytes + destination.bytes
            summed.append(networkOrder: UInt32(content.count))
            summed += [0, 0, 0, transport]
        }
        var checksum: [UInt8] = []
        checksum.append(networkOrder: Self.checksum(of: summed))
        self.source = source
        self.destination = destination
        self.transport = transport
        self.content = content[..<offset] + checksum + content[(offset + 2)...]
    }

    /// The checksum of the internet protocols over an even number of bytes.
    private static func checksum(of bytes: [UInt8]) -> UInt16 {
        precondition(bytes.count.isMultiple(of: 2))
        var sum: UInt32 = 0
        for offset in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[offset]) << 8 | UInt32(bytes[offset + 1])
        }
        while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
        return ~UInt16(sum)
    }
}

extension RawPacket {
    static let tcp: UInt8 = 6
    static let udp: UInt8 = 17

    /// The number of the family's protocol of errors and echoes.
    static func icmp(_ family: SocketFamily) -> UInt8 { family == .v4 ? 1 : 58 }

    /// A UDP datagram with an even number of bytes in it.
    static func udp(
        from source: LabSocketAddress, to destination: LabSocketAddress, _ payload: [UInt8]
    ) -> RawPacket {
        var content: [UInt8] = []
        content.append(networkOrder: source.port)
        content.append(networkOrder: destination.port)
        content.append(networkOrder: UInt16(8 + payload.count))
        content += [0, 0] + payload
        return RawPacket(
            source.address, destination.address, udp, content, checksumAt: 6,
            coversAddresses: true)
    }

    /// The flags of a TCP segment.
    struct Flags: OptionSet {
        let rawValue: UInt8

        static let synchronize = Flags(rawValue: 2)
        static let reset = Flags(rawValue: 4)
        static let acknowledge = Flags(rawValue: 16)
    }

    /// A TCP segment with an even number of bytes in it.
    static func tcp(
        _ flags: Flags, from source: LabSocketAddress, to destination: LabSocketAddress,
        _ payload: [UInt8]
    ) -> RawPacket {
        var content: [UInt8] = []
        content.append(networkOrder: source.port)
        content.append(networkOrder: destination.port)
        content.append(networkOrder: UInt32(1_000_000))
        content.append(networkOrder: UInt32(flags.contains(.acknowledge) ? 2_000_000 : 0))
        content += [0x50, flags.rawValue, 0x20, 0, 0, 0, 0, 0] + payload
        return RawPacket(
            source.address, destination.address, tcp, content, checksumAt: 16,
            coversAddresses: true)
    }

    /// A message of the family's ICMP with the word behind its header and an even number of bytes
    /// behind that.
    static func icmp(
        type: UInt8, code: UInt8 = 0, word: UInt32 = 0, from source: LabAddress,
        to destination: LabAddress, _ payload: [UInt8]
    ) -> RawPacket {
        var content: [UInt8] = [type, code, 0, 0]
        content.append(networkOrder: word)
        return RawPacket(
            source, destination, icmp(source.family), content + payload, checksumAt: 2,
            coversAddresses: source.family == .v6)
    }

    /// Eight bytes that no other packet has.
    static func marker() -> [UInt8] {
        var marker: [UInt8] = []
        marker.append(networkOrder: UInt64.random(in: 0 ... .max))
        return marker
    }
}
