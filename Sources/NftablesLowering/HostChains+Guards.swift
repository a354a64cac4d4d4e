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

    var guards: [Chain] { guardNames.keys.sorted().map(guardChain) }

    func guardChain(_ interface: String) -> Chain {
        // Neighbours are discovered from link-local addresses, and from none. That the packet is
        // one of IPv6 is known by then.
        let linkLocal = [CIDR("fe80::/10")!, CIDR("::/128")!].map { block in
            Rule(
                Expression.isInBlock(.source, block)
                    + Expression.isICMPv6Type(in: FixedName.neighbourDiscovery).dropFirst(2)
                    + [.verdict(.return)])
        }
        let sources = guardSources[interface] ?? []
        return Chain(
            name: guardNames[interface]!, comment: "sources of one pod",
            rules: sources.map {
                Rule(Expression.isInBlock(.source, $0) + [.verdict(.return)])
            } + linkLocal + [Rule([.counter, .verdict(.drop)])])
    }

    /// Names for the guards' chains, by interface.
    static func guardNames(_ sources: [String: [CIDR]]) -> [String: String] {
        let interfaces = Array(sources.keys)
        var names = Names()
        let allocated = names.allocate(
            interfaces.map { interface in
                // No interface has a space in its name.
                let sources = sources[interface]!.map(\.description).joined(separator: " ")
                return .init(description: "\(interface) \(sources)", hint: interface)
            }, prefix: "guard-")
        return Dictionary(uniqueKeysWithValues: zip(interfaces, allocated))
    }

    var guardMaps: [NamedSet] {
        [
            (Self.guardMap, Self.guardEntries(guardNames)),
            (Self.egressMap, Self.guardEntries(egress)),
        ].compactMap { map, entries in entries.isEmpty ? nil : map.holding(entries) }
    }

    /// From interfaces to what may be sent there.
    static let guardMap = interfaceMap(FixedName.guards)
    /// From interfaces to their workloads' policies for what these send.
    static let egressMap = interfaceMap(FixedName.guardedEgress)

    private static func interfaceMap(_ name: String) -> NamedSet {
        NamedSet(name: name, key: [.interfaceName], isVerdictMap: true, elements: .entries([]))
    }

    static func guardEntries(_ chains: [String: String]) -> [SetEntry] {
        chains.map { interface, chain in
            SetEntry(key: InterfaceName(interface).bytes, verdict: .jump(chain))
        }
    }
}
