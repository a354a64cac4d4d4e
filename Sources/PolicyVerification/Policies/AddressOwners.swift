// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// To which endpoint each address of one family belongs: of the policed ones that claim it the
/// newest, and of equally old ones the one whose id sorts first (S14, S19, S20).
package struct AddressOwners<Bits: AddressBits> {
    private var owners: [Bits: Int] = [:]
    /// Addresses that several endpoints claim.
    private(set) var contested: Set<Bits> = []

    package init(_ endpoints: [Endpoint]) {
        owners.reserveCapacity(endpoints.count)
        for (index, endpoint) in endpoints.enumerated() where endpoint.isPoliced {
            for address in endpoint.addresses {
                guard let bits: Bits = address.bits() else { continue }
                guard let rival = owners[bits] else {
                    owners[bits] = index
                    continue
                }
                contested.insert(bits)
                if endpoint.takesPrecedence(over: endpoints[rival]) { owners[bits] = index }
            }
        }
    }

    /// The position of the endpoint to which an address belongs; nil if it is nobody's.
    package func owner(of address: Bits) -> Int? { owners[address] }

    /// The addresses that belong to the endpoint at a position of the list, of those it claims.
    func addresses(of index: Int, _ endpoint: Endpoint) -> [Bits] {
        endpoint.addresses.compactMap { address in
            guard let bits: Bits = address.bits(), owners[bits] == index else { return nil }
            return bits
        }
    }
}

extension IPAddress {
    /// The address as a number, if it is of this family.
    package func bits<Bits: AddressBits>() -> Bits? {
        switch self {
        case .ipv4(let bits): bits as? Bits
        case .ipv6(let bits): bits as? Bits
        }
    }

    /// The address of a number.
    init(bits: some AddressBits) {
        switch bits {
        case let bits as UInt32: self = .ipv4(bits)
        default: self = .ipv6(UInt128(bits))
        }
    }
}

extension Endpoint {
    fileprivate func takesPrecedence(over rival: Endpoint) -> Bool {
        let isHost = id.kind == .host
        guard isHost == (rival.id.kind == .host) else { return !isHost }
        return created == rival.created ? id < rival.id : created > rival.created
    }
}
