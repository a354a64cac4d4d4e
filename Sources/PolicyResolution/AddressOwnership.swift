// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Which endpoint owns each address. Where several claim one, the newest does (S20), of equally old
/// ones the first by namespace and name; the others count as having no such address.
struct AddressOwnership {
    private let ipv4: OwnedAddresses<UInt32>
    private let ipv6: OwnedAddresses<UInt128>

    init(_ endpoints: [Endpoint]) {
        var claims4: [OwnedAddresses<UInt32>.Claim] = []
        var claims6: [OwnedAddresses<UInt128>.Claim] = []
        claims4.reserveCapacity(endpoints.count)
        for number in endpoints.indices {
            for address in endpoints[number].addresses {
                switch address {
                case .ipv4(let bits): claims4.append(.init(address: bits, endpoint: Int32(number)))
                case .ipv6(let bits): claims6.append(.init(address: bits, endpoint: Int32(number)))
                }
            }
        }
        ipv4 = OwnedAddresses(claims4, among: endpoints)
        ipv6 = OwnedAddresses(claims6, among: endpoints)
    }

    /// The IPv4 addresses that an endpoint owns: in Kubernetes one at most.
    func ipv4(of endpoint: Int) -> ArraySlice<UInt32> { ipv4.addresses(of: endpoint) }

    /// The IPv6 addresses that an endpoint owns.
    func ipv6(of endpoint: Int) -> ArraySlice<UInt128> { ipv6.addresses(of: endpoint) }

    /// Whether the endpoint owns any address (S12).
    func ownsAny(_ endpoint: Int) -> Bool {
        !ipv4(of: endpoint).isEmpty || !ipv6(of: endpoint).isEmpty
    }
}

/// The addresses of one family by their owners.
private struct OwnedAddresses<Bits: AddressBits> {
    /// The addresses of endpoint i: `addresses[starts[i]..<starts[i + 1]]`.
    private var addresses: [Bits] = []
    private var starts: [Int] = []

    /// An endpoint's word that an address is its own.
    struct Claim {
        var address: Bits
        var endpoint: Int32
    }

    init(_ claims: [Claim], among endpoints: [Endpoint]) {
        let losers = Self.losers(claims, among: endpoints)
        addresses.reserveCapacity(claims.count)
        starts.reserveCapacity(endpoints.count + 1)
        starts.append(0)
        // Claims come in the order of their endpoints.
        for (position, claim) in claims.enumerated() where !losers.contains(position) {
            while starts.count <= claim.endpoint { starts.append(addresses.count) }
            addresses.append(claim.address)
        }
        while starts.count <= endpoints.count { starts.append(addresses.count) }
    }

    func addresses(of endpoint: Int) -> ArraySlice<Bits> {
        addresses[starts[endpoint]..<starts[endpoint + 1]]
    }

    /// The positions of the claims that do not hold.
    private static func losers(_ claims: [Claim], among endpoints: [Endpoint]) -> Set<Int> {
        var losers: Set<Int> = []
        var holders = [Bits: Int](minimumCapacity: claims.count)
        for position in claims.indices {
            guard let holder = holders.updateValue(position, forKey: claims[position].address)
            else { continue }
            let (claimant, held) = (
                endpoints[Int(claims[position].endpoint)], endpoints[Int(claims[holder].endpoint)]
            )
            if claimant.precedes(held) {
                losers.insert(holder)
            } else {
                losers.insert(position)
                holders[claims[position].address] = holder
            }
        }
        return losers
    }
}

extension Endpoint {
    /// Whether this endpoint's claim to an address beats the other's. A host endpoint's beats that of
    /// nothing else: it must not take an address away from whom policies keep it closed for.
    func precedes(_ other: Endpoint) -> Bool {
        if (id.kind == .host) != (other.id.kind == .host) { return other.id.kind == .host }
        return created == other.created ? id < other.id : created > other.created
    }
}
