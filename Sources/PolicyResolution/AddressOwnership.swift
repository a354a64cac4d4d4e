// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Which endpoint owns each address. Where several claim one, the newest does (S20), of equally old
/// ones the first by namespace and name; the others count as having no such address.
struct AddressOwnership {
    /// The addresses that each endpoint owns, by family. Kubernetes gives at most one of each;
    /// more are kept all the same.
    private(set) var ipv4: [[UInt32]]
    private(set) var ipv6: [[UInt128]]

    init(_ endpoints: [Endpoint]) {
        let addresses = endpoints.map { endpoint in
            endpoint.addresses.reduce(into: EndpointAddresses()) { result, address in
                switch address {
                case .ipv4(let bits): result.ipv4.append(bits)
                case .ipv6(let bits): result.ipv6.append(bits)
                }
            }
        }
        ipv4 = Self.settle(addresses.map(\.ipv4), among: endpoints)
        ipv6 = Self.settle(addresses.map(\.ipv6), among: endpoints)
    }

    private static func settle<Bits: AddressBits>(
        _ claims: [[Bits]], among endpoints: [Endpoint]
    ) -> [[Bits]] {
        var claimants: [(address: Bits, endpoint: Int)] = []
        claimants.reserveCapacity(claims.count)
        for (endpoint, addresses) in claims.enumerated() {
            for address in addresses { claimants.append((address, endpoint)) }
        }
        claimants.sort {
            if $0.address != $1.address { return $0.address < $1.address }
            let (left, right) = (endpoints[$0.endpoint], endpoints[$1.endpoint])
            return left.created == right.created ? left.id < right.id : left.created > right.created
        }
        var owned = [[Bits]](repeating: [], count: claims.count)
        var latest: Bits?
        for claimant in claimants where claimant.address != latest {
            owned[claimant.endpoint].append(claimant.address)
            latest = claimant.address
        }
        return owned
    }
}
