// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Answers which addresses stand behind a peer. Whoever knows the cluster's endpoints gives it;
/// the compiler only asks.
public protocol PeerDirectory {
    /// The addresses of the endpoints that `peer` stands for, ascending and distinct.
    func addresses(of peer: EndpointPeer) -> EndpointAddresses

    /// The numbers that the endpoints selected by `selector` give to a port name, ascending and
    /// distinct.
    func numbers(of name: String, transport: IPProtocol, among selector: EndpointSelector)
        -> [UInt16]
}

/// Endpoints as peers: those that a selector matches, of these those that give a named port a
/// certain number, and of their addresses those within certain blocks.
public struct EndpointPeer: Hashable, Sendable {
    /// Which endpoints are meant.
    public var selector: EndpointSelector
    /// The named port that the endpoint must define just so; nil where it need not (S28).
    public var port: NamedPort?
    /// The addresses that count; nil for all.
    public var within: AddressSet?

    /// A value of these parts.
    public init(_ selector: EndpointSelector, port: NamedPort? = nil, within: AddressSet? = nil) {
        self.selector = selector
        self.port = port
        self.within = within
    }
}

extension EndpointPeer: CustomStringConvertible {
    /// `shop: app=web`, and behind it what else is demanded: `port http=8080/tcp`, `within …`.
    public var description: String {
        var text = "\(selector)"
        if let port { text += " port \(port.name)=\(port.number)/\(port.transport)" }
        if let within { text += " within \(within.blocksText.joined(separator: " "))" }
        return text
    }
}

/// The addresses of some endpoints by family, ascending and distinct.
public struct EndpointAddresses: Hashable, Sendable {
    /// IPv4 addresses, ascending and distinct.
    public var ipv4: [UInt32]
    /// IPv6 addresses, ascending and distinct.
    public var ipv6: [UInt128]

    /// A value of these parts.
    public init(ipv4: [UInt32] = [], ipv6: [UInt128] = []) {
        self.ipv4 = ipv4
        self.ipv6 = ipv6
    }
}
