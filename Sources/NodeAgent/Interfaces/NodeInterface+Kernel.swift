// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import PolicyModel

extension NodeInterface {
    /// Addresses that every interface has one of, and that say nothing about which it is.
    private static let linkLocal = CIDR("fe80::/10")!

    /// The interfaces of a namespace that host endpoints may expect an address of. Without
    /// link-local addresses, so that the interfaces of pods that come and go are none of them.
    ///
    /// - Throws: `NetlinkError`.
    public static func all(_ list: InterfaceList) throws(NetlinkError) -> [NodeInterface] {
        try list.read().compactMap { interface in
            let addresses = interface.addresses.filter { !linkLocal.contains($0) }
            return addresses.isEmpty
                ? nil : NodeInterface(name: interface.name, addresses: addresses)
        }
    }
}
