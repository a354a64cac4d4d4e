// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import RulesetDiff
import Testing

@testable import NetfilterKernel

@Suite("S70: foreign tables, whatever is in them", .enabled(if: NamespaceLab.isPossible))
struct ForeignTableTests {
    private static let tables = """
        table ip sample {
          chain forward { type filter hook forward priority 0; policy drop; }
        }
        table ip6 sample {
          set peers4 { type ipv6_addr; elements = { ::1 }; }
        }
        table bridge sample {
          chain c { type filter hook forward priority 0; }
        }
        table arp sample {
          chain c { type filter hook input priority 0; }
        }
        table inet kube {
          comment "not ours"
          counter hits { packets 7 bytes 9 }
          quota monthly { over 10 mbytes used 3 kbytes }
          limit slow { rate 5/minute burst 2 packets }
          set timed { type ipv4_addr; flags dynamic,timeout; timeout 1h; size 4096; }
          set counted { type ipv4_addr; counter; elements = { 10.0.0.1 counter packets 3 bytes 4 } }
          set strings { type ifname . mark; elements = { "eth0" . 7 } }
          set typed { typeof ip saddr . tcp dport; elements = { 10.0.0.1 . 80 } }
          set catching { type ipv4_addr; flags interval; elements = { *, 10.0.0.0/8 comment "c" } }
          map marks { type ipv4_addr : mark; elements = { 10.0.0.1 : 7 } }
          map chosen { type ipv4_addr : counter; elements = { 10.0.0.1 : "hits" } }
          map spread { type ipv4_addr . inet_service : ipv4_addr . inet_service
            elements = { 10.0.0.1 . 80 : 10.0.0.2 . 8080 }
          }
          chain empty { }
          chain rules { type filter hook forward priority 10; policy accept; }
        }
        """

    /// What not every kernel has: each is loaded by itself, if it can be.
    private static let extras = [
        #"add ct helper inet kube ftp { type "ftp" protocol tcp; l3proto ip; }"#,
        "add ct timeout inet kube quick { protocol tcp; l3proto ip; policy = { established : 7 }; }",
        "add flowtable inet kube flow { hook ingress priority 0; devices = { lo }; }",
        "add chain inet kube nat { type nat hook prerouting priority -100; }",
        "add chain inet kube mangle { type route hook output priority -150; }",
        "add rule inet kube nat dnat ip to ip daddr . tcp dport map @spread",
        "add rule inet kube nat dnat ip to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }",
        "add rule inet kube nat masquerade",
        "add rule inet kube mangle meta mark set ct mark",
    ]

    private static let rules = [
        #"ip saddr { 10.0.0.1, 10.0.0.2 } counter name hits comment "anonymous set""#,
        "ip daddr vmap { 10.0.0.0/8 : accept, 11.0.0.0/8 : drop }",
        #"tcp flags syn / syn,ack limit rate 3/second log prefix "x" level debug"#,
        "update @timed { ip saddr timeout 5s }",
        "ct state new ct mark set 7",
        "meta mark set jhash ip saddr mod 7",
        #"iifname "eth*" ip6 nexthdr tcp reject with tcp reset"#,
        "tcp option maxseg size set rt mtu",
        "udp dport 53 counter name ip saddr map @chosen",
        #"tcp dport 21 ct helper set "ftp""#,
        #"quota name "monthly" drop"#,
        #"limit name "slow" accept"#,
        "socket transparent 1 accept",
        "fib daddr . iif type local accept",
        "jump { tcp dport 22 accept; }",
        "flow add @flow",
        "queue num 3 bypass",
        "notrack",
        "tcp dport 80 tproxy ip to 127.0.0.1:8080",
        "ip saddr 10.0.0.0/8 ip daddr set 10.0.0.1",
        "dup to 10.0.0.1",
    ]

    @Test("They do not disturb reading or writing")
    func beside() throws {
        let lab = try NamespaceLab()
        try Self.loadForeign(lab)
        let before = try lab.nft("list", "ruleset")
        let observed = try lab.writeAndRead(SampleTable.table)
        #expect(observed.table == SampleTable.table)
        try lab.ruleset.deleteTable("sample")
        #expect(try lab.nft("list", "ruleset") == before)
    }

    @Test("A table full of what we do not write reads without failure")
    func foreignContent() throws {
        let lab = try NamespaceLab()
        try Self.loadForeign(lab)
        let table = try #require(try lab.ruleset.read(table: "kube")).table
        #expect(table.comment == "not ours")
        func set(_ name: String) throws -> NamedSet {
            try #require(table.sets.first { $0.name == name })
        }
        #expect(try set("timed").foreignFlags == 0x30 | NamedSet.foreignHeaderFlag)
        #expect(try set("counted").foreignFlags & NamedSet.foreignHeaderFlag != 0)
        #expect(try set("strings").key == [])
        #expect(try set("typed").key == [.ipv4Address, .inetService])
        #expect(try set("marks").foreignFlags == 0x8)
        #expect(try !set("marks").isVerdictMap)
        #expect(try set("chosen").foreignFlags & 0x40 != 0)
        #expect(table.sets.contains { $0.foreignFlags & 0x1 != 0 })
        let catching = try set("catching")
        #expect(catching.elements.count == 2)
        guard case .entries(let entries) = catching.elements else {
            Issue.record("a catch-all element is no interval")
            return
        }
        #expect(entries.map(\.key) == [[], [10, 0, 0, 0]])
        for chain in table.chains {
            for rule in chain.rules { #expect(!rule.expressions.isEmpty) }
        }
        for (name, type) in [("nat", "nat"), ("mangle", "route")] {
            guard let chain = table.chains.first(where: { $0.name == name }) else { continue }
            #expect(chain.base?.type == type)
        }
    }

    @Test("Names that nft takes for keywords, and a thousand rules")
    func keywords() throws {
        let lab = try NamespaceLab()
        let names = ["fwd", "flow", "table", "set", "*", "a b", "é", "@x"]
        for name in names {
            let table = Table(
                name: name, chains: [Chain(name: name)],
                sets: [NamedSet(name: name, key: [.ipv4Address], elements: .ipv4([1]))])
            #expect(try lab.writeAndRead(table).table == table)
        }
        let rules = (0..<1000).map { Rule([.counter, .verdict(.accept)], comment: "\($0)") }
        let large = Table(name: "large", chains: [Chain(name: "c", rules: rules)])
        #expect(try lab.writeAndRead(large).table == large)
        #expect(try lab.writeAndRead(SampleTable.table).table == SampleTable.table)
    }

    private static func loadForeign(_ lab: NamespaceLab) throws {
        try lab.nft(load: tables)
        for line in extras + rules.map({ "add rule inet kube rules \($0)" }) {
            do {
                try lab.nft(load: line)
            } catch is NamespaceLab.CommandFailure {
                print("not in this kernel: \(line)")
            }
        }
    }
}
