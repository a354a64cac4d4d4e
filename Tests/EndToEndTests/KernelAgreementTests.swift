// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

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
