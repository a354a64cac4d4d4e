// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// What comes from a workload's interface bears one of its addresses (S50).
extension HostChains {
    /// What comes from a workload's interface bears one of its addresses, or goes no further.
    var guardRules: [Rule] {
        program.guards.isEmpty
            ? [] : [Rule(Expression.decideByInterface(.inputInterface, FixedName.guards))]
    }

    var guards: [Chain] {
        guardNames.keys.sorted().map { interface in
            let sources = program.guards.filter { $0.interface == interface }.flatMap(\.sources)
            // Neighbours are discovered from link-local addresses, and from none. That the packet is
            // one of IPv6 is known by then.
            let linkLocal = [CIDR("fe80::/10")!, CIDR("::/128")!].map { block in
                Rule(
                    Expression.isInBlock(.source, block)
                        + Expression.isICMPv6Type(in: FixedName.neighbourDiscovery).dropFirst(2)
                        + [.verdict(.return)])
            }
            return Chain(
                name: guardNames[interface]!, comment: "sources of one pod",
                rules: sources.map {
                    Rule(Expression.isInBlock(.source, $0) + [.verdict(.return)])
                } + linkLocal + [Rule([.counter, .verdict(.drop)])])
        }
    }

    var guardMaps: [NamedSet] {
        func map(_ name: String, _ chains: [String: String]) -> [NamedSet] {
            if chains.isEmpty { return [] }
            return [
                NamedSet(
                    name: name, key: [.interfaceName], isVerdictMap: true, elements: .entries([])
                ).holding(
                    chains.map { interface, chain in
                        SetEntry(key: InterfaceName(interface).bytes, verdict: .jump(chain))
                    })
            ]
        }
        return map(FixedName.guards, guardNames) + map(FixedName.guardedEgress, egress)
    }
}
