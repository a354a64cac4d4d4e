// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel

/// Which pods claim which addresses, kept up to date one pod at a time.
///
/// Only pods and workloads that policies can select claim any. The cost of each operation depends on the pods
/// that share an address with the one concerned, not on how many there are.
struct AddressClaims: Sendable {
    private var names = NumberedSlots<EndpointID>()
    /// The first claimant of every address, by its number among the names.
    private var ipv4: [UInt32: Int32] = [:]
    private var ipv6: [UInt128: Int32] = [:]
    /// The further ones, of the few addresses that have them.
    private var others: [IPAddress: Set<EndpointID>] = [:]

    /// Takes a pod's new value for its old one; nil where there is none.
    mutating func replace(_ old: Endpoint?, with new: Endpoint?) {
        if let old, old.claimsAddresses {
            for address in old.addresses { withdraw(address, old.id) }
        }
        if let new, new.claimsAddresses {
            for address in new.addresses { claim(address, new.id) }
        }
    }

    /// The addresses of a pod that others claim too, and who they are, in order of name.
    func rivals(of endpoint: Endpoint) -> [(address: IPAddress, rival: EndpointID)] {
        guard endpoint.claimsAddresses, !others.isEmpty else { return [] }
        return endpoint.addresses.flatMap { address in
            guard let more = others[address], let first = claimant(of: address) else {
                return [(address: IPAddress, rival: EndpointID)]()
            }
            return more.union([first]).subtracting([endpoint.id]).sorted().map { (address, $0) }
        }
    }

    private subscript(address: IPAddress) -> Int32? {
        get {
            switch address {
            case .ipv4(let bits): ipv4[bits]
            case .ipv6(let bits): ipv6[bits]
            }
        }
        set {
            switch address {
            case .ipv4(let bits): ipv4[bits] = newValue
            case .ipv6(let bits): ipv6[bits] = newValue
            }
        }
    }

    private func claimant(of address: IPAddress) -> EndpointID? { self[address].map { names[$0] } }

    private mutating func claim(_ address: IPAddress, _ id: EndpointID) {
        guard let first = claimant(of: address) else {
            self[address] = names.insert(id)
            return
        }
        if first != id { others[address, default: []].insert(id) }
    }

    private mutating func withdraw(_ address: IPAddress, _ id: EndpointID) {
        if let number = self[address], names[number] == id {
            if let next = others[address]?.popFirst() {
                names[number] = next
            } else {
                names.remove(number)
                self[address] = nil
            }
        } else {
            others[address]?.remove(id)
        }
        if others[address]?.isEmpty == true { others[address] = nil }
    }
}
