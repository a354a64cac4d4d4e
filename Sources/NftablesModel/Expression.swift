// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One instruction of the nf_tables virtual machine, as the kernel stores it.
public enum Expression: Hashable, Sendable {
    /// Loads a property of the packet that is not in its bytes.
    case meta(MetaKey, into: Register)
    /// Loads bytes of the packet. Where they do not exist, the rule does not match.
    case payload(PayloadBase, offset: UInt32, length: UInt32, into: Register)
    /// Loads the connection's state bits (host byte order).
    case conntrackState(into: Register)
    /// Loads where the connection's first packet went before any translation. Of packets that
    /// belong to no connection, or to one of another family, the rule does not match.
    case originalDestination(OriginalDestination, into: Register)
    /// Loads the type of the packet's source address as the node's routing sees it.
    case fibSourceType(into: Register)
    /// Goes on only if the register compares so with the data.
    case compare(Register, Comparison, [UInt8])
    /// `register = register & mask ^ xor`, byte by byte.
    case bitwise(Register, mask: [UInt8], xor: [UInt8])
    /// Goes on only if the key is (or is not) an element of the set.
    case lookup(set: String, key: Register, isInverted: Bool)
    /// Gives the verdict of the map's element, or goes on where there is none.
    case verdictLookup(map: String, key: Register)
    /// Gives a verdict.
    case verdict(Verdict)
    /// Counts packets and bytes.
    case counter
    /// Writes the packet's headers to the kernel's log.
    case log(prefix: String)
    /// Leaves the packet to no connection, where none is known yet.
    case notrack
    /// Drops the packet and tells its sender.
    case reject(Rejection)
    /// An expression that others wrote and this model does not know: its kernel name and its
    /// attributes, unread.
    case unknown(name: String, attributes: [UInt8])
}

/// What `ct original` tells of a destination: those of `enum nft_ct_keys` that are used.
public enum OriginalDestination: UInt32, Hashable, Sendable {
    /// `NFT_CT_PROTO_DST`: the port; of ICMP the type and the code.
    case port = 12
    /// `NFT_CT_DST_IP`: the address of an IPv4 packet.
    case ipv4Address = 20
    /// `NFT_CT_DST_IP6`: the address of an IPv6 packet.
    case ipv6Address = 22
}

/// Sixteen words of four bytes in which expressions hand on what they loaded.
public struct Register: Hashable, Sendable {
    /// 0…15.
    public var word: Int

    /// The register that begins with this word.
    public init(word: Int) { self.word = word }

    /// The one that begins with the first word.
    public static let first = Register(word: 0)

    /// The register behind a value of so many bytes that is held in this one.
    public func following(length: Int) -> Register { Register(word: word + (length + 3) / 4) }
}

/// `enum nft_meta_keys`, as far as they are used.
public enum MetaKey: UInt32, Hashable, Sendable {
    /// `NFT_META_IIFNAME`: the name of the interface by which the packet came; zeros where it came
    /// by none.
    case inputInterface = 6
    /// `NFT_META_OIFNAME`: that of the interface by which it leaves; zeros where it is not known.
    case outputInterface = 7
    /// `NFT_META_NFPROTO`: 2 for IPv4, 10 for IPv6.
    case networkProtocol = 15
    /// `NFT_META_L4PROTO`: the transport protocol, behind IPv6 extension headers (S35).
    case transportProtocol = 16
}

/// `enum nft_payload_bases`.
public enum PayloadBase: UInt32, Hashable, Sendable {
    /// The link layer's header.
    case link = 0
    /// The IPv4 or IPv6 header.
    case network = 1
    /// The header of the transport protocol.
    case transport = 2
}

/// `enum nft_cmp_ops`.
public enum Comparison: UInt32, Hashable, Sendable {
    /// The same bytes.
    case equal = 0
    /// Not the same bytes.
    case notEqual = 1
    /// Lower, compared byte by byte from the left.
    case less = 2
    /// Lower or the same.
    case lessOrEqual = 3
    /// Higher.
    case greater = 4
    /// Higher or the same.
    case greaterOrEqual = 5
}

/// What becomes of a packet.
public enum Verdict: Hashable, Sendable {
    /// Leaves this base chain; the hook's next one has its say.
    case accept
    /// The packet is dropped, whatever other chains say.
    case drop
    /// Back to the rule behind the latest jump, or the base chain's policy.
    case `return`
    /// On in the named chain; a return comes back to the next rule here.
    case jump(String)
    /// As jump, but a return does not come back here.
    case goto(String)
}

/// How the sender of a packet is told that it was dropped.
public enum Rejection: Hashable, Sendable {
    /// A TCP segment that resets the connection; for TCP only.
    case tcpReset
    /// An ICMP or ICMPv6 error: administratively prohibited.
    case prohibited

    /// The kind as nft writes it behind `reject with`.
    public var name: String {
        switch self {
        case .tcpReset: "tcp reset"
        case .prohibited: "icmpx admin-prohibited"
        }
    }
}

/// The connection states of `ct state` (`NF_CT_STATE_BIT`).
public struct ConnectionStates: OptionSet, Hashable, Sendable {
    /// The states as the kernel's bits.
    public let rawValue: UInt32

    /// The states of these bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Fits no connection (S41).
    public static let invalid = ConnectionStates(rawValue: 1)
    /// Of a connection that has seen packets both ways, or a reply (S37).
    public static let established = ConnectionStates(rawValue: 2)
    /// Expected by, or an ICMP error about, another connection (S36).
    public static let related = ConnectionStates(rawValue: 4)
    /// The first packet of a connection, or one that nothing has answered yet.
    public static let new = ConnectionStates(rawValue: 8)
    /// Not tracked on purpose.
    public static let untracked = ConnectionStates(rawValue: 64)
}
