// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import RulesetDiff
import Testing

@testable import NetfilterKernel

@Suite("What is written is read back", .enabled(if: NamespaceLab.isPossible))
struct RoundTripTests {
    @Test("Every object, expression and verdict")
    func everything() throws {
        let observed = try NamespaceLab().writeAndRead(SampleTable.table)
        #expect(observed.table == SampleTable.table)
        for chain in observed.table.chains {
            #expect(observed.rules[chain.name]?.count == chain.rules.count)
        }
        let counters = observed.rules["forward"]?.map(\.counter)
        #expect(counters?[3] == CounterValue(packets: 0, bytes: 0))
        #expect(counters?[0] == nil)
    }

    @Test("nft -f of the same text gives the same table")
    func equality() throws {
        let lab = try NamespaceLab()
        try lab.nft(load: SampleTable.text)
        let observed = try #require(try lab.ruleset.read(table: "sample"))
        for (found, wanted) in zip(observed.table.sets, SampleTable.table.sets) {
            #expect(found == wanted)
        }
        for (found, wanted) in zip(observed.table.chains, SampleTable.table.chains) {
            #expect(found == wanted)
        }
        #expect(observed.table == SampleTable.table)
    }

    @Test("nft list prints both alike")
    func listing() throws {
        let ours = try NamespaceLab()
        _ = try ours.writeAndRead(SampleTable.table)
        let theirs = try NamespaceLab()
        try theirs.nft(load: SampleTable.text)
        let both = try [ours, theirs].map { lab in
            try lab.nft("list", "ruleset").split(separator: "\n\n").map { block in
                block.trimmingPrefix { $0.isWhitespace }
            }.map(String.init)
        }
        // Objects come in the order in which they were made.
        let objects = both.map { text in
            text.joined(separator: "\n").split(separator: "\n").map {
                String($0.filter { !$0.isWhitespace })
            }.sorted()
        }
        #expect(objects[0] == objects[1])
    }

    @Test("What nft lists of ours, it loads again")
    func relisting() throws {
        let lab = try NamespaceLab()
        let written = try lab.writeAndRead(SampleTable.table)
        let text = try lab.nft("list", "ruleset")
        let other = try NamespaceLab()
        try other.nft(load: text)
        #expect(try other.ruleset.read(table: "sample")?.table == written.table)
    }

    @Test("A table that does not exist is nil, and may be deleted")
    func absence() throws {
        let lab = try NamespaceLab()
        #expect(try lab.ruleset.read(table: "sample") == nil)
        try lab.ruleset.deleteTable("sample")
        _ = try lab.writeAndRead(SampleTable.table)
        try lab.ruleset.deleteTable("sample")
        #expect(try lab.ruleset.read(table: "sample") == nil)
        #expect(try lab.nft("list", "ruleset") == "")
    }

    @Test("Every operation, one transaction each")
    func operations() throws {
        let lab = try NamespaceLab()
        let set = NamedSet(name: "set", key: [.ipv4Address], elements: .ipv4([]))
        let map = NamedSet(
            name: "map", key: [.inetProtocol, .inetService], isInterval: true, isVerdictMap: true,
            elements: .entries([]))
        let entry = SetEntry(key: [6, 0, 0, 0, 0, 1, 0, 0], keyEnd: [6, 0, 0, 0, 0, 9, 0, 0])
        func commit(_ operation: Operation) throws -> ObservedTable {
            try lab.ruleset.commit(Transaction(table: "t", [operation]))
            return try #require(try lab.ruleset.read(table: "t"))
        }
        func rules(_ observed: ObservedTable) throws -> ([Rule], [UInt64]) {
            let chain = try #require(observed.table.chains.first { $0.name == "chain" })
            return (chain.rules, try #require(observed.rules["chain"]).map(\.handle))
        }
        var seen = try commit(.addTable(name: "t", comment: "c"))
        #expect(seen.table == Table(name: "t", comment: "c"))
        seen = try commit(.addChain(Chain(name: "chain")))
        seen = try commit(.addSet(set))
        seen = try commit(.addSet(map))
        #expect(seen.table.sets == [map, set])

        seen = try commit(.addElements(.ipv4([1, 2, 3]), to: set))
        #expect(seen.table.sets[1].elements == .ipv4([1, 2, 3]))
        seen = try commit(.deleteElements(.ipv4([2]), from: set))
        #expect(seen.table.sets[1].elements == .ipv4([1, 3]))
        var mapped = entry
        mapped.verdict = .jump("chain")
        seen = try commit(.addElements(.entries([mapped]), to: map))
        #expect(seen.table.sets[0].elements == .entries([mapped]))
        seen = try commit(.deleteElements(.entries([mapped]), from: map))
        #expect(seen.table.sets[0].elements == .entries([]))

        let accept = Rule([.verdict(.accept)])
        let drop = Rule([.verdict(.drop)], comment: "d")
        let count = Rule([.counter])
        seen = try commit(.appendRule(accept, chain: "chain"))
        seen = try commit(.appendRule(drop, chain: "chain"))
        var (found, handles) = try rules(seen)
        #expect(found == [accept, drop])
        seen = try commit(.insertRule(count, chain: "chain", before: handles[1]))
        #expect(try rules(seen).0 == [accept, count, drop])
        seen = try commit(.replaceRule(count, chain: "chain", handle: handles[0]))
        let replaced = try rules(seen)
        #expect(replaced.0 == [count, count, drop])
        seen = try commit(.deleteRule(chain: "chain", handle: handles[1]))
        (found, handles) = try rules(seen)
        #expect(found == [count, count])

        seen = try commit(.deleteChain(name: "chain"))
        seen = try commit(.deleteSet(name: "map"))
        seen = try commit(.deleteSet(name: "set"))
        #expect(seen.table == Table(name: "t", comment: "c"))
        try lab.ruleset.commit(Transaction(table: "t", [.deleteTable(name: "t")]))
        #expect(try lab.ruleset.read(table: "t") == nil)
    }

    @Test("Intervals are deleted one by one", arguments: [false, true])
    func intervals(isReversed: Bool) throws {
        let lab = try NamespaceLab()
        var set = try #require(SampleTable.sets.first { $0.name == "nets4" })
        guard case .ipv4Intervals(let all) = set.elements else { return }
        _ = try lab.writeAndRead(Table(name: "t", sets: [set]))
        var left = all.intervals
        for interval in isReversed ? all.intervals.reversed() : all.intervals {
            let one = SetElements.ipv4Intervals(IntervalSet([interval]))
            try lab.ruleset.commit(Transaction(table: "t", [.deleteElements(one, from: set)]))
            left.removeAll { $0 == interval }
            set.elements = .ipv4Intervals(IntervalSet(left))
            #expect(try lab.ruleset.read(table: "t")?.table.sets == [set])
        }
    }

    @Test("Registers beyond the first four words", arguments: 0..<16)
    func registers(word: Int) throws {
        let register = Register(word: word)
        #expect(Register(number: register.number) == register)
        let rule = Rule([
            .meta(.transportProtocol, into: register), .compare(register, .equal, [6]),
        ])
        let table = Table(name: "t", chains: [Chain(name: "c", rules: [rule])])
        #expect(try NamespaceLab().writeAndRead(table).table == table)
    }

    @Test("The longest names, comments and prefixes")
    func lengths() throws {
        let name = String(repeating: "n", count: 255)
        let comment = String(repeating: "c", count: 128)
        let prefix = String(repeating: "p", count: 127)
        let rule = Rule([.log(prefix: prefix), .verdict(.jump(name))], comment: comment)
        let entry = SetEntry(key: [1, 2, 3, 4], verdict: .goto(name), comment: comment)
        let table = Table(
            name: name, comment: comment,
            chains: [
                Chain(name: "a", rules: [rule]), Chain(name: name, comment: comment),
            ],
            sets: [
                NamedSet(
                    name: name, key: [.ipv4Address], isVerdictMap: true, comment: comment,
                    elements: .entries([entry]))
            ])
        #expect(try NamespaceLab().writeAndRead(table).table == table)
    }

    @Test("A rule of as many expressions as the kernel takes")
    func longestRule() throws {
        let data = [UInt8](repeating: 7, count: 4)
        let step = Expression.bitwise(.first, mask: data, xor: data)
        let load = Expression.payload(.network, offset: 0, length: 4, into: .first)
        let rule = Rule([load] + Array(repeating: step, count: 127))
        let table = Table(name: "t", chains: [Chain(name: "c", rules: [rule])])
        #expect(try NamespaceLab().writeAndRead(table).table == table)
    }
}
