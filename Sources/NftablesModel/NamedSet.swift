// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A named set, or a map from keys to verdicts.
public struct NamedSet: Hashable, Sendable {
    /// Unique among the table's sets and maps.
    public var name: String
    /// One type, or several for a concatenation.
    public var key: [FieldType]
    /// Whether elements are intervals (`flags interval`).
    public var isInterval: Bool
    /// Whether elements map to verdicts.
    public var isVerdictMap: Bool
    /// Set flags that Sluice never sets, as the kernel reports them; zero in all that it emits.
    /// Two bits that no kernel uses stand for what else it never writes:
    /// ``foreignHeaderFlag`` and ``foreignElementsFlag``.
    public var foreignFlags: UInt32
    /// How many elements the set may hold (nft's `size`); nil for any number. Known beforehand, the
    /// kernel makes a table of fixed size of it, which fills and looks up faster.
    public var capacity: UInt32?
    /// At most ``Comment/maximumLength`` bytes.
    public var comment: String?
    /// The elements, each once.
    public var elements: SetElements

    /// `NFT_SET_ANONYMOUS`: the set belongs to one rule and goes with it.
    public static let anonymousFlag: UInt32 = 1
    /// The header has attributes beside its flags that change how the set behaves, such as a
    /// policy or a time-out.
    public static let foreignHeaderFlag: UInt32 = 1 << 31
    /// Elements carry what this model cannot hold (a limit, an interval without an end), so that
    /// single changes to them are not safe: the set must be made anew.
    public static let foreignElementsFlag: UInt32 = 1 << 30

    /// A set of these parts; without more than name and key, one of single keys.
    public init(
        name: String, key: [FieldType], isInterval: Bool = false, isVerdictMap: Bool = false,
        foreignFlags: UInt32 = 0, capacity: UInt32? = nil, comment: String? = nil,
        elements: SetElements
    ) {
        self.name = name
        self.key = key
        self.isInterval = isInterval
        self.isVerdictMap = isVerdictMap
        self.foreignFlags = foreignFlags
        self.capacity = capacity
        self.comment = comment
        self.elements = elements
    }

    /// Whether this set can serve as the wanted one once its elements are put right: it takes the
    /// same kind of elements in the same way, and has room for them. Its capacity may be another,
    /// so that a set need not be made anew each time it grows.
    public func canServe(as wanted: NamedSet) -> Bool {
        name == wanted.name && key == wanted.key && isInterval == wanted.isInterval
            && isVerdictMap == wanted.isVerdictMap && foreignFlags == wanted.foreignFlags
            && comment == wanted.comment && (capacity == nil || wanted.capacity != nil)
            && wanted.elements.count <= capacity ?? .max
    }
}

/// The type of one field of a set's key.
public enum FieldType: Hashable, Sendable, CaseIterable {
    /// Four bytes.
    case ipv4Address
    /// Sixteen bytes.
    case ipv6Address
    /// A transport protocol's number.
    case inetProtocol
    /// A port.
    case inetService
    /// A type of ICMPv6.
    case icmpv6Type
    /// The name of a network interface, with zeros behind it.
    case interfaceName

    /// In bytes, without the padding to whole words that concatenations add.
    public var length: Int {
        switch self {
        case .ipv4Address: 4
        case .ipv6Address: 16
        case .inetProtocol, .icmpv6Type: 1
        case .inetService: 2
        case .interfaceName: InterfaceName.length
        }
    }

    /// In bytes, with that padding.
    public var paddedLength: Int { (length + 3) / 4 * 4 }

    /// The type as nft writes it.
    public var name: String {
        switch self {
        case .ipv4Address: "ipv4_addr"
        case .ipv6Address: "ipv6_addr"
        case .inetProtocol: "inet_proto"
        case .inetService: "inet_service"
        case .icmpv6Type: "icmpv6_type"
        case .interfaceName: "ifname"
        }
    }

    /// The number under which nft records the type (`enum datatypes` of its `datatype.h`); the
    /// kernel only stores it.
    public var number: UInt32 {
        switch self {
        case .ipv4Address: 7
        case .ipv6Address: 8
        case .inetProtocol: 12
        case .inetService: 13
        case .icmpv6Type: 29
        case .interfaceName: 41
        }
    }
}

/// A set's elements, in the representation that suits their number.
public enum SetElements: Hashable, Sendable {
    /// Single IPv4 addresses, ascending and distinct.
    case ipv4([UInt32])
    /// Single IPv6 addresses, ascending and distinct.
    case ipv6([UInt128])
    /// Intervals of IPv4 addresses.
    case ipv4Intervals(IntervalSet<UInt32>)
    /// Intervals of IPv6 addresses.
    case ipv6Intervals(IntervalSet<UInt128>)
    /// Elements of any other key, of concatenations and of maps: ascending by key and distinct.
    /// Also what others wrote into a set of addresses and the forms above cannot hold: a catch-all
    /// element, whose key is empty, and intervals that adjoin.
    case entries([SetEntry])

    /// How many elements (intervals counted once).
    public var count: Int {
        switch self {
        case .ipv4(let addresses): addresses.count
        case .ipv6(let addresses): addresses.count
        case .ipv4Intervals(let set): set.intervals.count
        case .ipv6Intervals(let set): set.intervals.count
        case .entries(let entries): entries.count
        }
    }
}

/// One element with its key in bytes: each field in network order, in a concatenation padded to
/// whole words.
public struct SetEntry: Hashable, Sendable {
    /// The key, or the lower end of its interval.
    public var key: [UInt8]
    /// The key's inclusive upper end in an interval set; nil elsewhere.
    public var keyEnd: [UInt8]?
    /// What the element maps to; nil in a set.
    public var verdict: Verdict?
    /// At most ``Comment/maximumLength`` bytes.
    public var comment: String?

    /// An element of these parts.
    public init(
        key: [UInt8], keyEnd: [UInt8]? = nil, verdict: Verdict? = nil, comment: String? = nil
    ) {
        self.key = key
        self.keyEnd = keyEnd
        self.verdict = verdict
        self.comment = comment
    }

    /// Ascending order of keys, as ``SetElements/entries(_:)`` demands.
    public static func ascends(_ left: SetEntry, _ right: SetEntry) -> Bool {
        left.key == right.key
            ? (left.keyEnd ?? left.key).lexicographicallyPrecedes(right.keyEnd ?? right.key)
            : left.key.lexicographicallyPrecedes(right.key)
    }
}
