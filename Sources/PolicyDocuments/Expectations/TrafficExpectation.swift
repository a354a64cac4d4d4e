// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What an author expects of the policies: that traffic is allowed, or that it is denied.
///
/// It holds if it holds for every sender, every receiver other than the sender, and every port that
/// it speaks of.
public struct TrafficExpectation: Hashable, Sendable {
    /// What the policies should say.
    public enum Verdict: String, Hashable, Sendable, CaseIterable {
        case allow
        case deny
    }

    /// What the policies should say.
    public var verdict: Verdict
    /// Where it stands.
    public var origin: Origin
    /// Where the traffic comes from.
    public var senders: [Located<TrafficSide>]
    /// Where it goes.
    public var receivers: [Located<TrafficSide>]
    /// Protocols and destination ports.
    public var ports: [Located<TrafficPorts>]
}

/// One entry of an expectation's `from` or `to`.
public enum TrafficSide: Hashable, Sendable {
    /// Every address that is no pod's and no node's.
    case world
    /// A pod or workload by its name: `shop/web`.
    case named(String)
    /// Every pod and workload that the selector matches.
    case pods(EndpointSelector)
    /// Every address of a block, whoever owns it, without the excepted ones; one address if the
    /// block holds one.
    case network(CIDR, except: [CIDR])
}

/// Protocols and destination ports of an expectation.
public enum TrafficPorts: Hashable, Sendable {
    /// Every port of every protocol, and the protocols without ports.
    case any
    /// Every port of a protocol.
    case every(IPProtocol)
    /// These ports of a protocol.
    case numbers(IPProtocol, ClosedRange<UInt16>)
    /// The numbers that the receiver gives the name, for one protocol or, with nil, for each.
    case named(String, IPProtocol?)
    /// Echo requests of ICMP or ICMPv6.
    case icmp
}
