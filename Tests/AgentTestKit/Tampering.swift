// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyTestKit

/// What somebody with nft can do to a table that is not his.
public struct Tampering: Sendable {
    /// What it is, for people.
    public var name: String
    /// What `nft -f -` is told.
    public var commands: String

    /// One of these commands.
    public init(name: String, commands: String) {
        self.name = name
        self.commands = commands
    }

    /// All kinds, made to fit a table.
    ///
    public static func all(of observed: ObservedTable) -> [Tampering] {
        let table = observed.table
        var result: [Tampering] = []
        func add(_ name: String, _ commands: String) {
            result.append(Tampering(name: name, commands: commands))
        }
        let t = "inet \(table.name)"
        if let set = table.sets.first(where: { $0.addresses?.isEmpty == false }) {
            let address = IPAddress.ipv4(set.addresses![0])
            add("an address added", "add element \(t) \(set.name) { 192.0.2.77 }")
            add("an address deleted", "delete element \(t) \(set.name) { \(address) }")
            add("a set flushed", "flush set \(t) \(set.name)")
        }
        if let map = table.sets.first(where: { $0.name == "ingress4" }),
            case .entries(let entries) = map.elements,
            let entry = entries.first, entry.key.count == 4, let verdict = entry.verdict
        {
            let address = entry.key.map { "\($0)" }.joined(separator: ".")
            add(
                "an element redirected",
                """
                delete element \(t) ingress4 { \(address) }
                add element \(t) ingress4 { \(address) : accept }
                """)
            add("an element deleted", "delete element \(t) ingress4 { \(address) }")
            if case .goto(let chain) = verdict {
                add("a pod's chain flushed", "flush chain \(t) \(chain)")
                add("a rule before a pod's", "insert rule \(t) \(chain) accept")
            }
        }
        add("an element added", "add element \(t) ingress4 { 192.0.2.1 : accept }")
        add("a map flushed", "flush map \(t) ingress4")
        add("a rule inserted", "insert rule \(t) forward accept")
        add("a rule added", "add rule \(t) dispatch counter accept")
        if let rules = observed.rules["isolated"], let last = rules.last {
            add(
                "a rule replaced",
                "replace rule \(t) isolated handle \(last.handle) counter accept")
            add("a rule deleted", "delete rule \(t) isolated handle \(last.handle)")
        }
        if let rules = observed.rules["forward"], let first = rules.first {
            add(
                "a rule replaced in a base chain",
                "replace rule \(t) forward handle \(first.handle) accept comment \"harmless\"")
        }
        add("a base chain flushed", "flush chain \(t) forward")
        add("a chain added", "add chain \(t) evil\nadd rule \(t) evil accept")
        add(
            "a base chain added",
            "add chain \(t) evil { type filter hook forward priority -9; policy drop; }")
        add("a chain renamed", "rename chain \(t) isolated isolated-no-more")
        add("a set added", "add set \(t) evil { type ipv4_addr; elements = { 192.0.2.9 } }")
        add("a policy changed", "chain \(t) forward { policy drop; }")
        add(
            "a base chain at another priority",
            """
            delete chain \(t) forward
            add chain \(t) forward { type filter hook forward priority 7; policy accept; }
            """)
        add("the table dormant", "add table \(t) { flags dormant; }")
        add("the table flushed", "flush table \(t)")
        add("the table deleted", "delete table \(t)")
        return result
    }
}

extension NamedSet {
    fileprivate var addresses: [UInt32]? {
        if case .ipv4(let addresses) = elements { addresses } else { nil }
    }
}
