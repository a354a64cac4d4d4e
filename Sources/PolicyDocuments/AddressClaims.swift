// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Which pods claim which addresses, kept up to date one pod at a time.
///
/// Only pods and workloads that policies can select claim any. The cost of each operation depends on the pods
/// that share an address with the one concerned, not on how many there are.
public struct AddressClaims: Sendable {
    /// The first claimant of every address.
    private var claimants: [IPAddress: EndpointID] = [:]
    /// The further ones, of the few addresses that have them.
    private var others: [IPAddress: Set<EndpointID>] = [:]

    /// Nobody claims anything.
    public init() {}

    /// Takes a pod's new value for its old one; nil where there is none.
    public mutating func replace(_ old: Endpoint?, with new: Endpoint?) {
        if let old, old.claimsAddresses {
            for address in old.addresses { withdraw(address, old.id) }
        }
        if let new, new.claimsAddresses {
            for address in new.addresses { claim(address, new.id) }
        }
    }

    /// The addresses of a pod that others claim too, and who they are, in order of name.
    public func rivals(of endpoint: Endpoint) -> [(address: IPAddress, rival: EndpointID)] {
        guard endpoint.claimsAddresses, !others.isEmpty else { return [] }
        return endpoint.addresses.flatMap { address in
            guard let more = others[address], let first = claimants[address] else {
                return [(address: IPAddress, rival: EndpointID)]()
            }
            return more.union([first]).subtracting([endpoint.id]).sorted().map { (address, $0) }
        }
    }

    private mutating func claim(_ address: IPAddress, _ id: EndpointID) {
        guard let first = claimants[address] else {
            claimants[address] = id
            return
        }
        if first != id { others[address, default: []].insert(id) }
    }

    private mutating func withdraw(_ address: IPAddress, _ id: EndpointID) {
        if claimants[address] == id {
            claimants[address] = others[address]?.popFirst()
        } else {
            others[address]?.remove(id)
        }
        if others[address]?.isEmpty == true { others[address] = nil }
    }
}

extension Endpoint {
    /// Whether its addresses are its alone: policies can select it, and it is no interface of a
    /// node, of which several may name one address.
    package var claimsAddresses: Bool { isPoliced && id.kind != .host }
}
