// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A network interface with the addresses that are set on it.
public struct NetworkInterface: Hashable, Sendable {
    /// As the kernel has it, at most 15 bytes.
    public var name: String
    /// Those of both families, ascending.
    public var addresses: [IPAddress]

    /// An interface with its addresses.
    public init(name: String, addresses: [IPAddress]) {
        self.name = name
        self.addresses = addresses
    }
}

extension IPAddress {
    /// From the attributes of `RTM_NEWADDR`: the node's own end, which differs from the address where
    /// an interface leads to one peer only.
    init?(_ attributes: AttributeList) {
        let value =
            attributes.first(AddressAttribute.local) ?? attributes.first(AddressAttribute.address)
        guard let value else { return nil }
        switch value.count {
        case 4:
            guard let bits = value.networkInteger(UInt32.self) else { return nil }
            self = .ipv4(bits)
        case 16:
            guard let bits = value.networkInteger(UInt128.self) else { return nil }
            self = .ipv6(bits)
        default: return nil
        }
    }
}
