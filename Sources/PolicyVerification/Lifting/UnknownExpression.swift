// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An expression that is not read, as far as its kernel name and attributes tell what it can do.
struct UnknownExpression {
    let name: String
    /// Netlink attributes as the kernel gave them.
    let attributes: [UInt8]

    /// Whether at most it ends the rule or fills a register: it neither gives a verdict nor changes
    /// what other rules look at.
    var isCondition: Bool {
        switch name {
        // NFTA_IMMEDIATE_DREG; the verdict's register is 0.
        case "immediate": number(1).map { $0 != 0 } ?? false
        // NFTA_OBJREF_IMM_TYPE: NFT_OBJECT_SYNPROXY takes the packet. Where a map chooses the object,
        // there is no type.
        case "objref": number(1).map { $0 != 10 } ?? false
        // NFTA_CT_SREG and NFTA_CT_KEY: to set NFT_CT_ZONE changes which connection it is.
        case "ct": number(4) == nil || number(2) != 17
        default: Self.conditions.contains(name)
        }
    }

    /// Matches of iptables and limits of connections are not among them: they can drop by
    /// themselves.
    private static let conditions: Set<String> = [
        "limit", "quota", "last", "numgen", "hash", "rt", "socket", "exthdr", "osf", "tunnel",
        "meta", "fib", "range", "bitwise", "byteorder", "cmp", "xfrm", "counter", "log",
    ]

    /// The number in network order of an attribute; nil if it is missing.
    private func number(_ wanted: UInt16) -> UInt32? {
        var rest = attributes[...]
        while rest.count >= 4 {
            let length = Int(Self.hostNumber(rest.prefix(2)))
            let type = Self.hostNumber(rest.dropFirst(2).prefix(2)) & Self.typeMask
            guard length >= 4, length <= rest.count else { return nil }
            if type == wanted, length == 8 {
                return rest.dropFirst(4).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
            }
            rest = rest.dropFirst((length + 3) / 4 * 4)
        }
        return nil
    }

    /// Two bytes in the order of this machine, as headers of attributes hold them.
    private static func hostNumber(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        UInt16(bigEndian: 1) == 1
            ? bytes.reduce(0) { $0 << 8 | UInt16($1) }
            : bytes.reversed().reduce(0) { $0 << 8 | UInt16($1) }
    }

    /// `NLA_TYPE_MASK` of linux/netlink.h.
    private static let typeMask: UInt16 = 0x3fff
}
