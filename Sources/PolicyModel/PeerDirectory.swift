// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Answers which addresses stand behind a peer. Whoever knows the cluster's objects gives it;
/// the compiler only asks.
public protocol PeerDirectory {
    /// The addresses of the endpoints, nodes or Service that `peer` stands for, ascending and
    /// distinct.
    func addresses(of peer: EndpointPeer) -> EndpointAddresses

    /// The blocks of the network sets that `peer` stands for, whoever owns their addresses.
    func blocks(of peer: EndpointPeer) -> AddressSet

    /// The numbers that the endpoints selected by `selector` give to a port name, ascending and
    /// distinct.
    func numbers(of name: String, transport: IPProtocol, among selector: EndpointSelector)
        -> [UInt16]

    /// The ports of the endpoints behind a Service, ascending and distinct.
    func ports(of service: ServiceID) -> [ServicePort]
}

/// Some of the cluster's things as peers: what a selector matches, of these those that give a named
/// port a certain number, and of their addresses those within certain blocks; or the endpoints
/// behind a Service; or nodes.
public struct EndpointPeer: Hashable, Sendable {
    /// What is meant.
    public var source: Source
    /// The named port that the endpoint must define just so; nil where it need not (S28).
    public var port: NamedPort?
    /// The addresses that count; nil for all.
    public var within: AddressSet?

    /// What gives a peer its addresses.
    public enum Source: Hashable, Sendable {
        /// The endpoints that the selector matches and, as far as it reaches them, network sets.
        case endpoints(EndpointSelector)
        /// The endpoints behind a Service, of these those that have a port; nil for all.
        case service(ServiceID, ServicePort?)
        /// The nodes whose labels match (S56).
        case nodes(Selector)
    }

    /// What a selector matches.
    public init(_ selector: EndpointSelector, port: NamedPort? = nil, within: AddressSet? = nil) {
        source = .endpoints(selector)
        self.port = port
        self.within = within
    }

    /// The endpoints behind a Service that have a port, or all of them.
    public init(_ service: ServiceID, port: ServicePort? = nil) {
        source = .service(service, port)
    }

    /// The nodes whose labels match.
    public init(nodes selector: Selector) { source = .nodes(selector) }

    /// The selector of endpoints; nil where none is asked.
    public var selector: EndpointSelector? {
        if case .endpoints(let selector) = source { selector } else { nil }
    }

    /// Network sets can be meant too, which give no port a number and have no account's labels.
    public var mayHoldBlocks: Bool {
        guard port == nil, let selector else { return false }
        return selector.reach == .everything && selector.serviceAccounts?.matches([:]) ?? true
    }
}

extension EndpointPeer: CustomStringConvertible {
    /// `shop: app=web`, and behind it what else is demanded: `port http=8080/tcp`, `within …`.
    public var description: String {
        var text =
            switch source {
            case .endpoints(let selector): "\(selector)"
            case .service(let service, nil): "Service \(service)"
            case .service(let service, let port?):
                "Service \(service) port \(port.number)/\(port.transport)"
            case .nodes(let selector): "nodes \(selector)"
            }
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

    /// Addresses of both families in any order, each as often as may be.
    public init(_ addresses: some Sequence<IPAddress>) {
        var ipv4: Set<UInt32> = []
        var ipv6: Set<UInt128> = []
        for address in addresses {
            switch address {
            case .ipv4(let bits): ipv4.insert(bits)
            case .ipv6(let bits): ipv6.insert(bits)
            }
        }
        self.init(ipv4: ipv4.sorted(), ipv6: ipv6.sorted())
    }
}
