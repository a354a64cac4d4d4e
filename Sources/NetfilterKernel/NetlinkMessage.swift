// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One message of a datagram from the kernel (`struct nlmsghdr` and what follows).
struct NetlinkMessage {
    let type: UInt16
    let flags: UInt16
    let sequence: UInt32
    /// The socket that sent the message, or in a notification the one that brought it about.
    let port: UInt32
    /// All behind the netlink header.
    let payload: ByteView

    /// `nfgenmsg.nfgen_family`; nil where there is no such header.
    var family: UInt8? { payload.integer(at: 0) }

    /// `nfgenmsg.res_id`: in nf_tables the low half of the ruleset's generation at the time.
    var generation: UInt16? { payload.integer(UInt16.self, at: 2).map { UInt16(bigEndian: $0) } }

    /// The attributes behind the nf_tables header.
    var attributes: AttributeList { attributes(behind: Netfilter.familyHeaderLength) }

    /// The attributes behind a subsystem's own header of so many bytes.
    func attributes(behind headerLength: Int) -> AttributeList {
        AttributeList(payload.slice(from: headerLength))
    }

    /// The number with which an error, an acknowledgement or a dump's end begins: zero, or a
    /// negated errno.
    var status: Int32? { payload.integer(at: 0) }
}

/// The messages of one datagram. Ends at the first one that is not whole.
struct NetlinkMessages: Sequence, IteratorProtocol {
    private var rest: ByteView

    init(_ datagram: ByteView) { rest = datagram }

    mutating func next() -> NetlinkMessage? {
        let header = Netfilter.messageHeaderLength
        guard let length = rest.integer(UInt32.self, at: 0).map(Int.init),
            length >= header, length <= rest.count,
            let type = rest.integer(UInt16.self, at: 4),
            let flags = rest.integer(UInt16.self, at: 6),
            let sequence = rest.integer(UInt32.self, at: 8),
            let port = rest.integer(UInt32.self, at: 12)
        else { return nil }
        let payload = rest.slice(from: header, length: length - header)
        rest = rest.slice(from: (length + 3) & ~3)
        return NetlinkMessage(
            type: type, flags: flags, sequence: sequence, port: port, payload: payload)
    }
}
