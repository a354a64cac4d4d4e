// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Which endpoint owns each address, kept up to date: the newest of those that claim it, of equally
/// old ones the first by namespace and name (S20).
struct AddressClaims {
    private var ipv4: [UInt32: Int32] = [:]
    private var ipv6: [UInt128: Int32] = [:]
    /// The addresses that several endpoints claim, with all of these.
    private var contested: [IPAddress: [Int32]] = [:]

    /// The number of the endpoint that owns the address.
    func owner(of address: IPAddress) -> Int32? {
        switch address {
        case .ipv4(let bits): ipv4[bits]
        case .ipv6(let bits): ipv6[bits]
        }
    }

    /// The numbers of all endpoints that claim the address.
    func claimants(of address: IPAddress) -> [Int32] {
        contested[address] ?? owner(of: address).map { [$0] } ?? []
    }

    private mutating func setOwner(of address: IPAddress, _ owner: Int32?) {
        switch address {
        case .ipv4(let bits): ipv4[bits] = owner
        case .ipv6(let bits): ipv6[bits] = owner
        }
    }

    mutating func claim(_ address: IPAddress, by number: Int32, _ endpoints: EndpointTable) {
        guard let owner = owner(of: address), owner != number else {
            setOwner(of: address, number)
            return
        }
        contested[address, default: [owner]].append(number)
        decide(address, endpoints)
    }

    mutating func release(_ address: IPAddress, by number: Int32, _ endpoints: EndpointTable) {
        guard var claimants = contested[address] else {
            if owner(of: address) == number { setOwner(of: address, nil) }
            return
        }
        claimants.removeAll { $0 == number }
        contested[address] = claimants.count > 1 ? claimants : nil
        if claimants.count > 1 {
            decide(address, endpoints)
        } else {
            setOwner(of: address, claimants.first)
        }
    }

    private mutating func decide(_ address: IPAddress, _ endpoints: EndpointTable) {
        let claimants = contested[address] ?? []
        setOwner(
            of: address,
            claimants.min { endpoints[$0].precedes(endpoints[$1]) })
    }
}
