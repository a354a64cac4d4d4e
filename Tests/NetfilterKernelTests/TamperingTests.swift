// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import RulesetDiff
import Testing

@testable import NetfilterKernel

@Suite("What others change in our table is seen", .enabled(if: NamespaceLab.isPossible))
struct TamperingTests {
    /// Rules that look like ours, with something that ours never have.
    static let foreignRules = [
        "limit rate 5/second accept",
        "meta mark 7 accept",
        "meta mark set 7",
        "ct direction original accept",
        "ct mark 7 drop",
        "fib daddr type local accept",
        "fib saddr . iif oif 0 drop",
        "log prefix \"x\" level debug",
        "log prefix \"x\" flags all",
        "log",
        "ip saddr set 10.0.0.1",
        "quota 10 mbytes drop",
        "continue",
        "tcp flags syn reject",
        "ip frag-off & 0x1fff != 0 drop",
        "add @grown { ip saddr }",
        "ip saddr vmap { 10.0.0.1 : continue }",
    ]

    @Test("An expression that we do not know is unknown", arguments: foreignRules)
    func unknown(text: String) throws {
        let lab = try NamespaceLab()
        try lab.nft(
            load: """
                table inet t {
                  set grown { type ipv4_addr; flags dynamic; size 100; }
                  chain c { type filter hook prerouting priority 0; }
                }
                """)
        do {
            try lab.nft(load: "add rule inet t c \(text)")
        } catch let failure as NamespaceLab.CommandFailure
            where failure.description.contains("No such file or directory")
            || failure.description.contains("not supported")
        {
            print("not in this kernel: \(text)")
            return
        }
        let table = try #require(try lab.ruleset.read(table: "t")).table
        let isVisible =
            table.chains[0].rules[0].expressions.contains {
                if case .unknown = $0 { true } else { false }
            } || table.sets.contains { $0.name.hasPrefix("__") && $0.foreignFlags != 0 }
            || text.hasPrefix("ip frag-off")
        #expect(isVisible, "\(table.chains[0].rules)")
    }

    @Test("A limit hidden in an element")
    func elementExpression() throws {
        let lab = try NamespaceLab()
        let set = NamedSet(name: "s", key: [.ipv4Address], elements: .ipv4([0x0a00_0001]))
        _ = try lab.writeAndRead(Table(name: "t", sets: [set]))
        do {
            try lab.nft(load: "add element inet t s { 10.0.0.2 limit rate 1/second }")
        } catch {
            return  // The kernel or nft refuses it: nothing is hidden.
        }
        let found = try #require(try lab.ruleset.read(table: "t")?.table.sets.first)
        #expect(found.foreignFlags == NamedSet.foreignElementsFlag)
    }

    @Test("A catch-all element, which is deleted by its empty key")
    func catchAll() throws {
        let lab = try NamespaceLab()
        var set = NamedSet(name: "s", key: [.ipv4Address], elements: .ipv4([0x0a00_0001]))
        _ = try lab.writeAndRead(Table(name: "t", sets: [set]))
        try lab.nft(load: "add element inet t s { * }")
        let found = try #require(try lab.ruleset.read(table: "t")?.table.sets.first)
        #expect(
            found.elements == .entries([SetEntry(key: []), SetEntry(key: [10, 0, 0, 1])]))
        let rest = SetElements.entries([SetEntry(key: [])])
        try lab.ruleset.commit(Transaction(table: "t", [.deleteElements(rest, from: set)]))
        #expect(try lab.ruleset.read(table: "t")?.table.sets == [set])
        set.elements = .ipv4([])
    }

    @Test("An interval that adjoins one of ours stays one of its own")
    func adjoining() throws {
        let lab = try NamespaceLab()
        let ours = IntervalSet<UInt32>([0x0a00_0000...0x0a00_00ff])
        let set = NamedSet(
            name: "s", key: [.ipv4Address], isInterval: true, elements: .ipv4Intervals(ours))
        _ = try lab.writeAndRead(Table(name: "t", sets: [set]))
        try lab.nft(load: "add element inet t s { 10.0.1.0/24 }")
        let found = try #require(try lab.ruleset.read(table: "t")?.table.sets.first)
        let added = SetEntry(key: [10, 0, 1, 0], keyEnd: [10, 0, 1, 255])
        let kept = SetEntry(key: [10, 0, 0, 0], keyEnd: [10, 0, 0, 255])
        #expect(found.elements == .entries([kept, added]))
        #expect(found.foreignFlags == 0)
        try lab.ruleset.commit(
            Transaction(table: "t", [.deleteElements(.entries([added]), from: set)]))
        #expect(try lab.ruleset.read(table: "t")?.table.sets == [set])
    }

    @Test("A dormant table, which adding it wakes")
    func dormant() throws {
        let lab = try NamespaceLab()
        let table = Table(name: "t", chains: [Chain(name: "c", base: BaseChain(hook: .forward))])
        _ = try lab.writeAndRead(table)
        try lab.nft(load: "add table inet t { flags dormant; }")
        #expect(try lab.ruleset.read(table: "t")?.table.foreignFlags == 1)
        try lab.ruleset.commit(Transaction(table: "t", [.addTable(name: "t", comment: nil)]))
        #expect(try lab.ruleset.read(table: "t")?.table == table)
    }

    @Test("A capacity, an element that expires, a chain of another type")
    func headers() throws {
        let lab = try NamespaceLab()
        try lab.nft(
            load: """
                table inet t {
                  set sized { type ipv4_addr; size 10; }
                  set timed { type ipv4_addr; timeout 1h; elements = { 10.0.0.1 } }
                  set fixed { type ipv4_addr; flags constant; elements = { 10.0.0.1 } }
                  set policed { type ipv4_addr; policy memory; }
                  map data { type ipv4_addr : inet_service; elements = { 10.0.0.1 : 80 } }
                  chain c { type route hook output priority 0; }
                }
                """)
        let table = try #require(try lab.ruleset.read(table: "t")).table
        let flags = Dictionary(uniqueKeysWithValues: table.sets.map { ($0.name, $0.foreignFlags) })
        #expect(flags["sized"] == 0)
        #expect(table.sets.first { $0.name == "sized" }?.capacity == 10)
        #expect(flags["timed"].map { $0 & 0x10 } == 0x10)
        #expect(flags["fixed"].map { $0 & 2 } == 2)
        #expect(flags["policed"] == NamedSet.foreignHeaderFlag)
        #expect(flags["data"] == 8)
        #expect(table.chains[0].base?.type == "route")
    }
}
