// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel

/// The way from an interface to the policies of its host endpoint, for some of its packets.
struct HostDispatch: Equatable {
    /// The chain, whose name has a hash of its rules behind it.
    let chain: Chain
    /// The map that it looks into, from interfaces to the chains of host endpoints.
    let interfaces: NamedSet

    init(_ pass: HostPass, _ rules: [Rule], _ interfaces: NamedSet) {
        var hash = StableHash()
        for rule in rules { hash.combine(rule.text() + "\n") }
        chain = Chain(
            name: "\(FixedName.host(pass))-\(hash.digits)", comment: "host endpoints",
            rules: rules)
        self.interfaces = interfaces
    }
}
