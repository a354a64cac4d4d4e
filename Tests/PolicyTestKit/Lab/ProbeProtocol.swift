// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What a probe speaks.
public enum ProbeProtocol: String, Hashable, Sendable, CaseIterable {
    /// A connection is opened.
    case tcp

    /// A datagram is sent, and comes back.
    case udp

    /// An INIT chunk is sent, and acknowledged.
    case sctp

    /// An echo request is sent, ICMP or ICMPv6 by the addresses, and answered.
    case icmp
}
