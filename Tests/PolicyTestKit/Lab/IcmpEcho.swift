// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// Echo requests and replies of ICMP and ICMPv6.
enum IcmpEcho {
    private static let sequence: UInt16 = 1

    /// A request as it goes on a raw socket.
    static func request(identifier: UInt16, _ family: SocketFamily) -> [UInt8] {
        var bytes: [UInt8] = [family == .v4 ? 8 : 128, 0]
        bytes.append(networkOrder: UInt16(0))
        bytes.append(networkOrder: identifier)
        bytes.append(networkOrder: sequence)
        if family == .v4 {  // for ICMPv6 the kernel does it
            var checksum: [UInt8] = []
            checksum.append(networkOrder: self.checksum(of: bytes))
            bytes.replaceSubrange(2..<4, with: checksum)
        }
        return bytes
    }

    /// The identifier of a reply to such a request, or nil for anything else.
    static func replyIdentifier(_ bytes: [UInt8], _ family: SocketFamily) -> UInt16? {
        let sequence: UInt16 = bytes.count >= 8 ? bytes.networkOrder(at: 6) : 0
        guard bytes.first == replyType(family), sequence == Self.sequence else { return nil }
        return bytes.networkOrder(at: 4)
    }

    /// Has the kernel hold back everything but replies.
    ///
    /// - Throws: `LabError` when the system refuses.
    static func receiveOnlyReplies(
        on socket: Socket, _ family: SocketFamily
    ) throws(LabError) {
        let type = replyType(family)
        switch family {
        case .v4:
            try socket.set(rawLevel, filterOption, ~(UInt32(1) << type))
        case .v6:
            var blocked = SIMD8<UInt32>(repeating: .max)
            blocked[Int(type / 32)] &= ~(UInt32(1) << (type % 32))
            try socket.set(Int32(IPPROTO_ICMPV6), filterOption, blocked)
        }
    }

    /// `SOL_RAW`, which the C library leaves to the kernel's own headers.
    private static let rawLevel: Int32 = 255

    /// `ICMP_FILTER` and `ICMP6_FILTER`: in both a set bit holds back the type of its number.
    private static let filterOption: Int32 = 1

    private static func replyType(_ family: SocketFamily) -> UInt8 { family == .v4 ? 0 : 129 }

    /// The checksum of the internet protocols over an even number of bytes.
    private static func checksum(of bytes: [UInt8]) -> UInt16 {
        var sum = stride(from: 0, to: bytes.count, by: 2).reduce(UInt32(0)) { sum, offset in
            sum + UInt32(bytes.networkOrder(at: offset) as UInt16)
        }
        while sum > 0xffff {
            sum = sum >> 16 + sum & 0xffff
        }
        return ~UInt16(sum)
    }
}
