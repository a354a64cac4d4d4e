// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// One rule: what to do with the packets that it matches.
public struct Rule: Hashable, Sendable {
    /// What becomes of a packet that peers and ports match.
    public var action: Action
    /// The other side of the packet: its source on ingress, its destination on egress.
    public var peers: Peers
    /// The packet's protocol and destination port.
    public var ports: Ports

    /// A rule; without peers and ports it matches every packet.
    public init(_ action: Action, peers: Peers = .anyone, ports: Ports = .all) {
        self.action = action
        self.peers = peers
        self.ports = ports
    }
}

/// What a rule does with a packet that it matches.
public enum Action: Hashable, Sendable {
    /// Allowed in this direction; the other direction has its own say (S53).
    case allow
    /// Dropped.
    case deny
    /// Leaves the tier: the next one is asked.
    case pass
    /// Written to the kernel's log; then the next rule is asked (S61).
    case log
}

/// The other side of a rule.
public enum Peers: Hashable, Sendable {
    /// Everybody, outside the cluster too (S6).
    case anyone
    /// Whoever any of these stands for; an empty list is nobody (S9).
    case only([Peer])
}

/// One entry of a rule's list of peers.
public enum Peer: Hashable, Sendable {
    /// The addresses of the endpoints that the selector matches.
    case endpoints(EndpointSelector)
    /// The addresses of a block, whoever owns them (S15), without the excepted ones, which are
    /// carved from this block only (S16).
    case network(CIDR, except: [CIDR])
}

/// The protocol and destination port of a rule.
public enum Ports: Hashable, Sendable {
    /// Every packet, whatever its protocol (S6, S32).
    case all
    /// Packets that any of these matches; an empty list matches none.
    case only([PortMatch])
}

/// One entry of a rule's list of ports.
public enum PortMatch: Hashable, Sendable {
    /// Every port of a protocol (S33).
    case every(IPProtocol)
    /// One port or an inclusive range (S30).
    case numbers(IPProtocol, ClosedRange<UInt16>)
    /// The number that the destination endpoint gives this name for this protocol (S27–S29).
    case named(IPProtocol, String)
}
