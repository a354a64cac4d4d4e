// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import PolicyModel

/// Nobody is known: named ports of peers have no numbers.
struct NobodyDirectory: PeerDirectory {
    func addresses(of peer: EndpointPeer) -> EndpointAddresses { EndpointAddresses() }
    func blocks(of peer: EndpointPeer) -> AddressSet { .empty }
    func ports(of service: ServiceID) -> [ServicePort] { [] }
    func numbers(of name: String, transport: IPProtocol, among selector: EndpointSelector)
        -> [UInt16]
    { [] }
}
