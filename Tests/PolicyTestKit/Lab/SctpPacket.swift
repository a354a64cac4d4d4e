// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An SCTP packet (RFC 9260) with one chunk of those that begin an association.
struct SctpPacket: Hashable {
    /// The chunk.
    enum Chunk: Hashable {
        /// INIT, with the tag that the answer must carry.
        case start(tag: UInt32)

        /// INIT ACK, with the tag of the INIT.
        case acknowledgement(of: UInt32)

        /// ABORT, with the tag of the INIT.
        case abort(of: UInt32)
    }

    let sourcePort: UInt16
    let destinationPort: UInt16
    let chunk: Chunk

    /// The numbers of the chunk types.
    private enum Kind {
        static let start: UInt8 = 1
        static let acknowledgement: UInt8 = 2
        static let abort: UInt8 = 6
    }

    private static let headerSize = 12

    /// The tag that the answering side asks for; nothing is ever sent under it.
    private static let answererTag: UInt32 = 0x51_0c_e5_01

    init(sourcePort: UInt16, destinationPort: UInt16, chunk: Chunk) {
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.chunk = chunk
    }

    /// Reads a packet; nil when it is none, its checksum is wrong or it begins otherwise.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headerSize + 4, Self.sealed(bytes) == bytes else { return nil }
        sourcePort = bytes.networkOrder(at: 0)
        destinationPort = bytes.networkOrder(at: 2)
        let verificationTag: UInt32 = bytes.networkOrder(at: 4)
        switch bytes[Self.headerSize] {
        case Kind.start where bytes.count >= Self.headerSize + 20:
            chunk = .start(tag: bytes.networkOrder(at: Self.headerSize + 4))
        case Kind.acknowledgement: chunk = .acknowledgement(of: verificationTag)
        case Kind.abort: chunk = .abort(of: verificationTag)
        default: return nil
        }
    }

    /// The packet as it goes on the wire, checksum included.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(networkOrder: sourcePort)
        bytes.append(networkOrder: destinationPort)
        switch chunk {
        case .start(let tag):
            Self.append(header: 0, to: &bytes)
            Self.append(Kind.start, parameters: Self.parameters(tag: tag), to: &bytes)
        case .acknowledgement(let tag):
            Self.append(header: tag, to: &bytes)
            let cookie: [UInt8] = [0, 7, 0, 8, 0, 0, 0, 0]
            Self.append(
                Kind.acknowledgement, parameters: Self.parameters(tag: Self.answererTag) + cookie,
                to: &bytes)
        case .abort(let tag):
            Self.append(header: tag, to: &bytes)
            Self.append(Kind.abort, parameters: [], to: &bytes)
        }
        return Self.sealed(bytes)
    }

    /// Ends the common header: the verification tag, and room for the checksum.
    private static func append(header verificationTag: UInt32, to bytes: inout [UInt8]) {
        bytes.append(networkOrder: verificationTag)
        bytes.append(networkOrder: UInt32(0))
    }

    private static func append(_ kind: UInt8, parameters: [UInt8], to bytes: inout [UInt8]) {
        bytes += [kind, 0]
        bytes.append(networkOrder: UInt16(4 + parameters.count))
        bytes += parameters
    }

    /// What INIT and INIT ACK have in common.
    private static func parameters(tag: UInt32) -> [UInt8] {
        var parameters: [UInt8] = []
        parameters.append(networkOrder: tag)
        parameters.append(networkOrder: UInt32(65_536))  // window, in bytes
        parameters.append(networkOrder: UInt16(1))  // streams out
        parameters.append(networkOrder: UInt16(1))  // streams in
        parameters.append(networkOrder: tag)  // first transmission sequence number
        return parameters
    }

    /// The packet with the right checksum in place.
    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes.replaceSubrange(8..<12, with: [0, 0, 0, 0])
        let checksum = Crc32c.checksum(of: bytes)
        bytes.replaceSubrange(
            8..<12, with: (0..<4).map { UInt8(truncatingIfNeeded: checksum >> ($0 * 8)) })
        return bytes
    }
}
