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
