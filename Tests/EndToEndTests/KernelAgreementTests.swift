// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetfilterKernel
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import RulesetDiff
import Testing

/// What we write is what we read, what nft reads, and what nft writes from our text.
@Suite(.needsNamespaces, .serialized)
struct KernelAgreementTests {
    private func table(seed: UInt64) -> Table {
        let style: WorldGenerator.Style = seed.isMultiple(of: 4) ? .tiered : .kubernetes
        let state = WorldGenerator(seed: seed, style: style).world()
        return NodeCompilation(state, node: WorldGenerator.localNode).table
    }

    @Test("S71: nft loads what render prints, and we read from it exactly the table we compiled")
    func nftLoadsOurText() throws {
        let lab = try TestNamespace("render")
        for seed in UInt64(0)..<40 {
            let wanted = table(seed: seed)
            try lab.nft(wanted.text())
            let observed = try #require(try lab.table())
            try #require(observed.table.sorted == wanted, "seed \(seed)")
            try #require(Transaction(from: observed, to: wanted).isEmpty, "seed \(seed)")
            try lab.nft("delete table inet sluice")
        }
    }

    @Test("nft loads the JSON that render prints as well (nft 1.0.6 drops comments from JSON)")
    func nftLoadsOurJSON() throws {
        let lab = try TestNamespace("json")
        for seed in UInt64(0)..<20 {
            let wanted = table(seed: seed)
            try lab.namespace.execute(["nft", "-j", "-f", "-"], input: wanted.json().text())
            let observed = try #require(try lab.table()).table.sorted
            try #require(observed.withoutComments == wanted.withoutComments, "seed \(seed)")
            try lab.nft("delete table inet sluice")
        }
    }

    @Test("From world to world by our transactions; a second apply changes nothing; nft lists it")
    func transitions() throws {
        let lab = try TestNamespace("apply")
        for seed in UInt64(0)..<60 {
            let wanted = table(seed: seed)
            try lab.bring(to: wanted)
            let observed = try #require(try lab.table()).table.sorted
            try #require(observed.withoutCapacities == wanted.withoutCapacities, "seed \(seed)")
            try #require(try lab.bring(to: wanted).isEmpty, "seed \(seed)")
            if seed.isMultiple(of: 10) {
                let listing = try lab.namespace.execute(["nft", "list", "ruleset"])
                #expect(listing.contains("table inet sluice"))
            }
        }
    }

    @Test("S13: from world to world in phases; nft carries out their text with the same result")
    func migrations() throws {
        let lab = try TestNamespace("phases")
        let other = try TestNamespace("text")
        for seed in UInt64(0)..<40 {
            let wanted = table(seed: seed)
            let migration = Migration(from: try other.table(), to: wanted)
            try other.nft(migration.text)
            try lab.ruleset.migrate(to: wanted)
            try #require(try lab.ruleset.migrate(to: wanted).isEmpty, "seed \(seed)")
            for namespace in [lab, other] {
                let observed = try #require(try namespace.table()).table.sorted
                try #require(
                    observed.withoutCapacities == wanted.withoutCapacities, "seed \(seed)")
            }
        }
    }

    @Test("nft carries out the text of a transaction with the same result as we do")
    func transactionText() throws {
        let lab = try TestNamespace("diff")
        for seed in UInt64(0)..<40 {
            let wanted = table(seed: seed)
            let transaction = Transaction(from: try lab.table(), to: wanted)
            try lab.nft(transaction.text)
            let observed = try #require(try lab.table()).table.sorted
            try #require(observed.withoutCapacities == wanted.withoutCapacities, "seed \(seed)")
        }
    }

    /// What a stranger with nft might do to our table.
    static let tamperings = [
        "insert rule inet sluice forward tcp dport { 22, 80 } accept",
        "insert rule inet sluice forward ct state vmap { established : accept, new : jump dispatch }",
        "insert rule inet sluice dispatch ip saddr 1.2.3.4 jump { accept; }",
        "insert rule inet sluice dispatch limit rate 1/second accept",
        "add chain inet sluice evil; add rule inet sluice evil goto evil",
        """
        add chain inet sluice e1; add chain inet sluice e2; add rule inet sluice e1 jump e2
        add rule inet sluice e2 jump e1
        """,
        """
        add map inet sluice m { type ipv4_addr : verdict; }; add chain inet sluice e1
        add rule inet sluice e1 ip saddr vmap @m; add element inet sluice m { 1.2.3.4 : jump e1 }
        """,
        """
        add chain inet sluice evil { type filter hook forward priority 5; }
        add set inet sluice seen { type ipv4_addr; flags dynamic; size 99; }
        add rule inet sluice evil add @seen { ip saddr }
        """,
        "add chain inet sluice evil { type filter hook forward priority -5; policy drop; }",
        "add element inet sluice ingress4 { 192.0.2.1 : accept }",
        "add element inet sluice ingress4 { * : accept }",
        "flush map inet sluice ingress4", "flush chain inet sluice isolated",
        "flush table inet sluice", "delete table inet sluice",
        "add table inet sluice { flags dormant; }",
        "chain inet sluice forward { policy drop; }",
        "add element inet sluice self4 { 10.0.0.1 . 10.0.0.2 }",
        "flush ruleset",
    ]

    @Test(
        "What a stranger does to our table is put right in one transaction", arguments: tamperings)
    func tampering(commands: String) throws {
        let lab = try TestNamespace("tamper")
        let wanted = table(seed: 6)
        try #require(wanted.sets.allSatisfy { $0.name != "ingress4" || $0.elements.count > 0 })
        try lab.bring(to: wanted)
        try lab.nft(commands.replacing("; add", with: "\nadd"))
        let repair = try lab.bring(to: wanted)
        #expect(!repair.isEmpty)
        let observed = try #require(try lab.table())
        #expect(Transaction(from: observed, to: wanted).isEmpty)
        #expect(observed.table.sorted == wanted)
    }

    @Test("Two that make the table at the same time do not mix: the second finds it made")
    func concurrentFirst() throws {
        let lab = try TestNamespace("race")
        var first = Transaction(from: try lab.table(), to: table(seed: 1))
        var second = Transaction(from: try lab.table(), to: table(seed: 2))
        let generation = try lab.ruleset.generation()
        first.generation = generation
        second.generation = generation
        try lab.ruleset.commit(first)
        #expect(throws: NetlinkError.generationChanged(expected: generation)) {
            try lab.ruleset.commit(second)
        }
    }

    @Test("S70: our table is read while others change theirs without pause")
    func busyNeighbours() throws {
        let lab = try TestNamespace("busy")
        let wanted = table(seed: 5)
        try lab.bring(to: wanted)
        let namespace = lab.namespace
        let neighbour = Thread {
            let commands = """
                add table ip foreign
                add set ip foreign s { type ipv4_addr; }
                """
            while !Thread.current.isCancelled {
                _ = try? namespace.execute(["nft", "-f", "-"], input: commands)
                _ = try? namespace.execute(["nft", "delete", "table", "ip", "foreign"])
            }
        }
        neighbour.start()
        defer { neighbour.cancel() }
        for _ in 0..<20 {
            #expect(try lab.table()?.table.sorted == wanted)
        }
    }

    @Test("S70: other tables, whatever is in them, are neither read nor touched")
    func foreignTables() throws {
        let lab = try TestNamespace("foreign")
        try lab.nft(Self.foreign)
        let before = try lab.namespace.execute(["nft", "-s", "list", "ruleset"])
        for seed in UInt64(0)..<5 { try lab.bring(to: table(seed: seed)) }
        try lab.ruleset.deleteTable("sluice")
        #expect(try lab.namespace.execute(["nft", "-s", "list", "ruleset"]) == before)
    }

    private static let foreign = """
        table ip nat {
            comment "not ours"
            set sluice {
                type ipv4_addr
                flags interval, timeout
                elements = { 10.0.0.0/8 timeout 1h }
            }
            map backends {
                type ipv4_addr . inet_service : ipv4_addr . inet_service
                elements = { 10.0.0.1 . 80 : 10.1.0.1 . 8080 }
            }
            counter hits {
                packets 5 bytes 300
            }
            quota allowance {
                over 25 mbytes
            }
            chain forward {
                type filter hook forward priority -5; policy accept;
                ip saddr @sluice counter name "hits" accept comment "an unrelated comment"
                limit rate 10/second burst 5 packets log prefix "odd " level warn
                tcp flags & (syn | ack) == syn tcp option maxseg size set rt mtu
                meta mark set ct mark and 0xff
            }
        }
        table inet traffic {
            chain sluice {
                type filter hook forward priority 10; policy accept;
                iifname { "cali*", "veth0" } oifname != "lo" ct state new,untracked accept
            }
        }
        table ip6 sluice {
            chain forward {
                ip6 saddr fd00::/8 drop
            }
        }
        """
}

extension Table {
    /// The table without what a set that grew or shrank may keep.
    fileprivate var withoutCapacities: Table {
        var copy = self
        for position in copy.sets.indices { copy.sets[position].capacity = nil }
        return copy
    }

    /// The table without what nft's JSON cannot carry.
    fileprivate var withoutComments: Table {
        var copy = self
        copy.comment = nil
        for position in copy.chains.indices { copy.chains[position].comment = nil }
        for position in copy.sets.indices { copy.sets[position].comment = nil }
        return copy
    }
}
