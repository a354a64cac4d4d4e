// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import NetworkPrimitives
import NftablesModel
import RulesetDiff
import Testing

@testable import NetfilterKernel

/// Something that others do to our table with nft, and the parts that it touches.
struct Tampering: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// What nft does. `HANDLE` stands for the handle of the first rule of chain `c`.
    var command: String
    /// Nil: everything.
    var touched: TouchedParts?
    /// Whether the table is gone afterwards.
    var deletes = false

    init(
        _ name: String, _ command: String, chains: Set<String> = [], sets: Set<String> = []
    ) {
        testDescription = name
        self.command = command
        touched = TouchedParts(chains: chains, sets: sets)
    }

    init(_ name: String, everything command: String, deletes: Bool = false) {
        testDescription = name
        self.command = command
        self.deletes = deletes
    }

    static let all = [
        Tampering("an element added", "add element inet t s { 10.0.0.9 }", sets: ["s"]),
        Tampering("an element deleted", "delete element inet t s { 10.0.0.1 }", sets: ["s"]),
        Tampering("a set flushed", "flush set inet t s", sets: ["s"]),
        Tampering(
            "a map's element changed",
            "delete element inet t m { 10.0.0.1 }; add element inet t m { 10.0.0.1 : drop }",
            sets: ["m"]),
        Tampering(
            "a rule replaced in place, with its comment",
            "replace rule inet t c handle HANDLE counter drop comment \"mine\"", chains: ["c"]),
        Tampering("a rule added", "add rule inet t d accept", chains: ["d"]),
        Tampering("a rule inserted", "insert rule inet t c accept", chains: ["c"]),
        Tampering("a rule deleted", "delete rule inet t c handle HANDLE", chains: ["c"]),
        Tampering("a chain flushed", "flush chain inet t c", chains: ["c"]),
        Tampering("a chain added", "add chain inet t e", chains: ["e"]),
        Tampering(
            "a chain added and jumped to", "add chain inet t e; add rule inet t c jump e",
            chains: ["c", "e"]),
        Tampering("a chain deleted", "delete chain inet t d", chains: ["d"]),
        Tampering("a chain renamed", everything: "rename chain inet t target other"),
        Tampering(
            "a base chain's policy", "add chain inet t c { policy drop; }", chains: ["c"]),
        Tampering("a set added", "add set inet t n { type ipv4_addr; }", sets: ["n"]),
        Tampering("a set deleted", "delete set inet t u", sets: ["u"]),
        Tampering(
            "a set with other flags",
            "delete set inet t u; add set inet t u { type ipv4_addr; flags timeout; }",
            sets: ["u"]),
        Tampering(
            "a rule with a set of its own", "add rule inet t d ip saddr { 1.1.1.1, 2.2.2.2 } drop",
            chains: ["d"], sets: ["__set0"]),
        Tampering("the table flushed", "flush table inet t", chains: ["c", "d"]),
        Tampering("the table dormant", everything: "add table inet t { flags dormant; }"),
        Tampering("the table deleted", everything: "delete table inet t", deletes: true),
        Tampering("the ruleset flushed", everything: "flush ruleset", deletes: true),
    ]
}

@Suite("The monitor", .enabled(if: NamespaceLab.isPossible))
struct RulesetMonitorTests {
    private static let text = """
        table inet t {
          set s { type ipv4_addr; elements = { 10.0.0.1, 10.0.0.2 } }
          set u { type ipv4_addr; }
          map m { type ipv4_addr : verdict; elements = { 10.0.0.1 : jump target } }
          chain c {
            type filter hook forward priority 0;
            counter accept comment "mine"
            ip saddr @s drop
            ip daddr vmap @m
          }
          chain d { drop; }
          chain target { }
        }
        """

    private func content(_ observed: ObservedTable?) -> [String] {
        guard let observed else { return [] }
        return ["\(observed.table)", "\(observed.isPersistent)", "\(observed.owner ?? 0)"]
            + observed.rules.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.map(\.handle))" }
    }

    @Test(
        "names what others changed, and reading that again gives what is there",
        arguments: Tampering.all)
    func tampering(_ tampering: Tampering) throws {
        let lab = try NamespaceLab()
        try lab.nft(load: Self.text)
        let monitor = try RulesetMonitor(
            table: "t", ignoring: [lab.ruleset.port], in: lab.namespace)
        let before = try #require(try lab.ruleset.read(table: "t"))
        let handle = try #require(before.rules["c"]?.first?.handle)
        try lab.nft(load: tampering.command.replacing("HANDLE", with: "\(handle)"))

        let report = try monitor.drain()
        #expect(report.touched == tampering.touched ?? .everything)
        #expect(report.culprits.map(\.name) == ["nft"])
        #expect(report.culprits.allSatisfy { $0.process > 0 })
        #expect(report.generation == (try lab.ruleset.generation()))
        #expect(!report.overflowed)
        #expect(report.ownChanges == 0)
        let whole = try lab.ruleset.read(table: "t")
        let refreshed = try lab.ruleset.refresh(before, report.touched)
        #expect(content(refreshed) == content(whole))
        #expect((refreshed == nil) == tampering.deletes)
        #expect(refreshed?.generation == whole?.generation)
        if !tampering.deletes { #expect(content(whole) != content(before)) }
        #expect(try monitor.drain() == MonitorReport())
    }

    @Test("keeps silent about other tables and our own changes")
    func silence() throws {
        let lab = try NamespaceLab()
        try lab.nft(load: Self.text)
        let monitor = try RulesetMonitor(
            table: "t", ignoring: [lab.ruleset.port], in: lab.namespace)
        #expect(try monitor.drain() == MonitorReport())
        try lab.nft(
            load: """
                table ip t {
                  chain c { drop; }
                  set s { type ipv4_addr; }
                }
                table inet tt {
                  chain c { drop; }
                }
                table inet other {
                  chain t { }
                }
                """)
        let set = NamedSet(name: "s", key: [.ipv4Address], elements: .ipv4([]))
        try lab.ruleset.commit(Transaction(table: "t", [.addElements(.ipv4([1]), to: set)]))
        let receipt = try lab.ruleset.commit(
            Transaction(table: "t", [.addElements(.ipv4([2]), to: set)]))
        let report = try monitor.drain()
        #expect(report.touched.isEmpty)
        #expect(report.culprits.isEmpty)
        #expect(report.ownChanges == 2)
        #expect(report.foreignMessages == 9)
        #expect(report.generation == receipt.generation)
    }

    @Test("names each culprit once, and joins what several did")
    func severalTransactions() throws {
        let lab = try NamespaceLab()
        try lab.nft(load: Self.text)
        let monitor = try RulesetMonitor(table: "t", in: lab.namespace)
        try lab.nft(load: "add element inet t s { 10.0.0.9 }")
        try lab.nft(load: "table ip other { }")
        try lab.nft(load: "add rule inet t d accept")
        let set = NamedSet(name: "s", key: [.ipv4Address], elements: .ipv4([]))
        for address: UInt32 in 1...3 {
            try lab.ruleset.commit(
                Transaction(table: "t", [.addElements(.ipv4([address]), to: set)]))
        }
        let report = try monitor.drain()
        #expect(report.touched == TouchedParts(chains: ["d"], sets: ["s"]))
        // Two processes of nft, and this thread.
        #expect(report.culprits.count == 3)
        #expect(report.culprits.prefix(2).map(\.name) == ["nft", "nft"])
        let thread = try #require(report.culprits.last).process
        #expect(FileManager.default.fileExists(atPath: "/proc/self/task/\(thread)"))
        #expect(report.foreignMessages == 1)
    }

    @Test("says if notifications were lost, and then all may have been touched")
    func overflow() throws {
        let lab = try NamespaceLab()
        try lab.nft(load: Self.text)
        let monitor = try RulesetMonitor(
            table: "t", ignoring: [lab.ruleset.port], in: lab.namespace)
        monitor.setBufferSize(1)
        for number in 0..<50 { try lab.nft(load: "table ip other\(number) { }") }
        let report = try monitor.drain()
        #expect(report.overflowed)
        #expect(report.touched == .everything)
        // It goes on hearing afterwards.
        try lab.nft(load: "add element inet t s { 10.0.0.9 }")
        let next = try monitor.drain()
        #expect(next.touched == TouchedParts(sets: ["s"]))
        #expect(!next.overflowed)
    }

    @Test("Our own changes take no room, whatever their size")
    func ownBulk() throws {
        let lab = try NamespaceLab()
        try lab.nft(load: Self.text)
        let monitor = try RulesetMonitor(
            table: "t", ignoring: [7, lab.ruleset.port, 8], in: lab.namespace)
        monitor.setBufferSize(1)
        let set = NamedSet(name: "s", key: [.ipv4Address], elements: .ipv4([]))
        let receipt = try lab.ruleset.commit(
            Transaction(table: "t", [.addElements(.ipv4(Array(0..<30_000)), to: set)]))
        let report = try monitor.drain()
        #expect(!report.overflowed)
        #expect(report.touched.isEmpty)
        #expect(report.ownChanges == 1)
        #expect(report.generation == receipt.generation)
    }

    @Test("is heard of by polling its descriptor")
    func descriptor() throws {
        let lab = try NamespaceLab()
        let monitor = try RulesetMonitor(table: "t", in: lab.namespace)
        var poller = pollfd(fd: monitor.descriptor, events: Int16(POLLIN), revents: 0)
        #expect(poll(&poller, 1, 0) == 0)
        try lab.nft(load: Self.text)
        #expect(poll(&poller, 1, 0) == 1)
        _ = try monitor.drain()
        #expect(poll(&poller, 1, 0) == 0)
    }

    @Test("Parts are read again while others change their tables without pause")
    func busyNeighbours() throws {
        let lab = try NamespaceLab()
        try lab.nft(load: Self.text)
        try lab.nft(load: "table inet other { set s { type ipv4_addr; }; }")
        let before = try #require(try lab.ruleset.read(table: "t"))
        try lab.nft(load: "add element inet t s { 10.0.0.9 }")
        let whole = try lab.ruleset.read(table: "t")
        let neighbour = try KernelRuleset(in: lab.namespace)
        let set = NamedSet(name: "s", key: [.ipv4Address], elements: .ipv4([]))
        let start = try lab.ruleset.generation()
        nonisolated(unsafe) let busy = neighbour
        let thread = Thread {
            var address: UInt32 = 0
            while !Thread.current.isCancelled {
                address += 1
                _ = try? busy.commit(
                    Transaction(table: "other", [.addElements(.ipv4([address]), to: set)]))
            }
        }
        thread.start()
        defer { thread.cancel() }
        while try lab.ruleset.generation() < start + 10 {}
        for _ in 0..<20 {
            let refreshed = try lab.ruleset.refresh(before, TouchedParts(sets: ["s"]))
            #expect(content(refreshed) == content(whole))
        }
        #expect(try lab.ruleset.generation() > start + 30)
    }

    @Test("has room for thirty thousand changes of others")
    func bulk() throws {
        let lab = try NamespaceLab()
        try lab.nft(load: Self.text)
        let monitor = try RulesetMonitor(table: "t", in: lab.namespace)
        let set = NamedSet(name: "s", key: [.ipv4Address], elements: .ipv4([]))
        try lab.ruleset.commit(
            Transaction(table: "t", [.addElements(.ipv4(Array(0..<30_000)), to: set)]))
        let report = try monitor.drain()
        #expect(!report.overflowed)
        #expect(report.touched == TouchedParts(sets: ["s"]))
    }
}

@Suite("Parts of a table")
struct TouchedPartsTests {
    @Test("join, and everything takes them in")
    func union() {
        var parts = TouchedParts()
        #expect(parts.isEmpty)
        parts.formUnion(TouchedParts(chains: ["a"]))
        parts.formUnion(TouchedParts(chains: ["b"], sets: ["s"]))
        #expect(parts == TouchedParts(chains: ["a", "b"], sets: ["s"]))
        #expect(!parts.isEmpty)
        parts.formUnion(.everything)
        parts.formUnion(TouchedParts(sets: ["x"]))
        #expect(parts == .everything)
        #expect(!parts.isEmpty)
    }
}
