// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

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
    /// The ICMP or ICMPv6 messages of a type, and of a code where one is given (S64).
    case icmp(IPProtocol, type: UInt8, code: UInt8?)
}
