// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import NetworkPrimitives
import PolicyModel

/// An interface with its addresses as an option states it: `eth0=192.0.2.1,2001:db8::1`.
struct NodeInterfaceArgument: ExpressibleByArgument {
    let interface: NodeInterface

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...15).contains(parts[0].utf8.count) else { return nil }
        let texts = parts[1].split(separator: ",", omittingEmptySubsequences: false)
        let addresses = texts.compactMap { IPAddress($0) }
        guard addresses.count == texts.count else { return nil }
        interface = NodeInterface(name: String(parts[0]), addresses: addresses)
    }
}
