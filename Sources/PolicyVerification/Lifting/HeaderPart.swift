// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// A part of a packet that rules load, compare and look up.
enum HeaderPart: Hashable, Sendable {
    case source
    case destination
    /// The name of the interface by which the packet has come.
    case inputInterface
    /// The name of the interface by which it leaves.
    case outputInterface
    /// The transport protocol's number.
    case transport
    /// The transport header's first sixteen bits.
    case first
    /// The transport header's second sixteen bits.
    case second
    /// The connection's state, in the kernel's bits.
    case connection
    /// What the node's routing calls the source address.
    case sourceType

    /// In bytes.
    func length(in family: AddressFamily) -> Int {
        switch self {
        case .source, .destination: family == .ipv4 ? 4 : 16
        case .inputInterface, .outputInterface: InterfaceName.length
        case .transport: 1
        case .first, .second: 2
        case .connection, .sourceType: 4
        }
    }

    /// Whether it is one of what ``Circumstances`` tells.
    var isCircumstance: Bool { self == .connection || self == .sourceType }

    /// Whether it is the name of an interface.
    var isInterface: Bool { self == .inputInterface || self == .outputInterface }

    /// Whether it is a word of the transport header.
    var isTransportWord: Bool { self == .first || self == .second }

    /// The values that it can have in a moment, as its register holds them.
    func values(in moment: (value: Circumstances, state: ConnectionStates, isFromThisNode: Bool))
        -> [[UInt8]]
    {
        switch self {
        case .connection: [Expression.hostBytes(moment.state.rawValue)]
        case .sourceType:
            (moment.isFromThisNode ? [Self.local] : Self.otherTypes).map(Expression.hostBytes)
        default: []
        }
    }

    /// `RTN_LOCAL` of linux/rtnetlink.h.
    private static let local: UInt32 = 2
    /// All other types there. An address of another node need not be `RTN_UNICAST`: one to which
    /// there is no route is `RTN_UNREACHABLE` in IPv6.
    private static let otherTypes: [UInt32] = [0, 1] + Array(3...11)
}
