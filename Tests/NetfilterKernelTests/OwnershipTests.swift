// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import RulesetDiff
import Testing

@testable import NetfilterKernel

@Suite("A table that one socket owns", .enabled(if: NamespaceLab.isPossible))
struct OwnershipTests {
    private let table = Table(
        name: "t",
        chains: [Chain(name: "c", base: BaseChain(hook: .forward), rules: [Rule([.counter])])],
        sets: [NamedSet(name: "s", key: [.ipv4Address], elements: .ipv4([1]))]
    )

    /// The table made by an owner that has gone.
    private func orphan(in lab: NamespaceLab) throws {
        let owner = try KernelRuleset(in: lab.namespace)
        try owner.commit(Transaction(making: table), claiming: true)
        #expect(try lab.ruleset.read(table: "t")?.owner == owner.port)
    }

    @Test("is read by all, and changed by none but its owner, who is named")
    func owned() throws {
        let lab = try NamespaceLab()
        let owner = try KernelRuleset(in: lab.namespace)
        try owner.commit(Transaction(making: table), claiming: true)
        let observed = try #require(try lab.ruleset.read(table: "t"))
        #expect(observed.table == table)
        #expect(observed.isPersistent)
        #expect(observed.owner == owner.port)
        #expect(try lab.nft("list", "table", "inet", "t").contains("chain c"))

        let refusal = NetlinkError.owned(table: "t", port: owner.port)
        #expect(throws: refusal) { try lab.ruleset.deleteTable("t") }
        #expect(throws: refusal) { try lab.ruleset.migrate(to: Table(name: "t")) }
        #expect(throws: refusal) { try lab.ruleset.claim(table: "t") }
        #expect(throws: refusal) {
            try lab.ruleset.commit(Transaction(table: "t", []), claiming: true)
        }
        #expect(throws: refusal) {
            try lab.ruleset.commit(
                Transaction(table: "t", [.addElements(.ipv4([9]), to: table.sets[0])]))
        }
        #expect("\(refusal)".contains("netlink port \(owner.port)"))
        #expect(throws: NamespaceLab.CommandFailure.self) {
            try lab.nft("delete", "table", "inet", "t")
        }
        try lab.nft("flush", "ruleset")
        #expect(try lab.ruleset.read(table: "t")?.table == table)

        // Whom it belongs to changes it with and without claiming it again, and deletes it.
        try owner.claim(table: "t")
        for claiming in [true, false] {
            var wanted = table
            wanted.sets[0].elements = claiming ? .ipv4([1, 2]) : .ipv4([1])
            try owner.migrate(to: wanted, claiming: claiming)
            #expect(try lab.ruleset.read(table: "t")?.table == wanted)
        }
        try owner.deleteTable("t")
        #expect(try lab.ruleset.read(table: "t") == nil)
    }

    @Test("outlives its owner, and is adopted without a change")
    func adopted() throws {
        let lab = try NamespaceLab()
        try orphan(in: lab)
        let observed = try #require(try lab.ruleset.read(table: "t"))
        #expect(observed.table == table)
        #expect(observed.isPersistent)
        #expect(observed.owner == nil)
        #expect(try lab.nft("list", "table", "inet", "t").contains("chain c"))
        let receipt = try lab.ruleset.claim(table: "t")
        #expect(receipt.generation == (try lab.ruleset.generation()))
        #expect(receipt.messageCount == 0)
        let adopted = try #require(try lab.ruleset.read(table: "t"))
        #expect(adopted.owner == lab.ruleset.port)
        #expect(adopted.table == table)
        #expect(adopted.rules == observed.rules)
        #expect(try lab.ruleset.claim(table: "t") == CommitReceipt())
    }

    @Test("is adopted by the first transaction of a migration, or not at all if that fails")
    func adoptedByTransaction() throws {
        let lab = try NamespaceLab()
        try orphan(in: lab)
        #expect(throws: NetlinkError.self) {
            try lab.ruleset.commit(
                Transaction(table: "t", [.deleteSet(name: "gone")]), claiming: true)
        }
        #expect(try lab.ruleset.read(table: "t")?.owner == nil)
        var wanted = table
        wanted.sets[0].elements = .ipv4([1, 2])
        try lab.ruleset.migrate(to: wanted, claiming: true)
        let observed = try #require(try lab.ruleset.read(table: "t"))
        #expect(observed.owner == lab.ruleset.port)
        #expect(observed.table == wanted)
        // A table that is made anew is owned again.
        try lab.ruleset.commit(
            Transaction(
                table: "t", [.deleteTable(name: "t"), .addTable(name: "t", comment: nil)]),
            claiming: true)
        #expect(try lab.ruleset.read(table: "t")?.owner == lab.ruleset.port)
    }

    @Test("An orphan is changed in place by everybody: its counters go on")
    func orphanInPlace() throws {
        let lab = try NamespaceLab()
        try orphan(in: lab)
        let before = try #require(try lab.ruleset.read(table: "t"))
        #expect(try lab.ruleset.migrate(to: table).isEmpty)
        var wanted = table
        wanted.sets[0].elements = .ipv4([2])
        try lab.ruleset.migrate(to: wanted)
        let after = try #require(try lab.ruleset.read(table: "t"))
        #expect(after.table == wanted)
        #expect(after.rules == before.rules)
        #expect(after.isPersistent && after.owner == nil)
        try lab.nft(load: "add element inet t s { 10.0.0.1 }")
        try lab.ruleset.deleteTable("t")
        #expect(try lab.ruleset.read(table: "t") == nil)
    }

    @Test("A dormant orphan is still seen as changed by others, and claiming wakes it")
    func dormantOrphan() throws {
        let lab = try NamespaceLab()
        try orphan(in: lab)
        let buffer = MessageBuffer()
        buffer.appendMessage(
            type: MessageType.batchBegin, flags: 0, family: Netfilter.familyUnspecified,
            resource: Netfilter.subsystem, sequence: 1)
        buffer.appendTable(
            MessageType.newTable, 0, 2, name: "t", tableFlags: TableFlag.persist | 1)
        buffer.appendMessage(
            type: MessageType.batchEnd, flags: 0, family: Netfilter.familyUnspecified,
            resource: Netfilter.subsystem, sequence: 3)
        try lab.ruleset.socket.send(buffer, for: "make the table dormant")
        #expect(try lab.ruleset.read(table: "t")?.table.foreignFlags == 1)
        try lab.ruleset.claim(table: "t")
        #expect(try lab.ruleset.read(table: "t")?.table == table)
    }

    @Test("A table that was made for everybody cannot be claimed, which is told apart")
    func unclaimable() throws {
        let lab = try NamespaceLab()
        #expect(throws: NetlinkError.self) { try lab.ruleset.claim(table: "t") }
        #expect(try lab.ruleset.read(table: "t") == nil)
        try lab.ruleset.commit(Transaction(making: table))
        #expect(throws: NetlinkError.unclaimable(table: "t")) {
            try lab.ruleset.claim(table: "t")
        }
        for operation: RulesetDiff.Operation in [
            .addTable(name: "t", comment: nil), .addChain(Chain(name: "d")),
        ] {
            #expect(throws: NetlinkError.unclaimable(table: "t")) {
                try lab.ruleset.commit(Transaction(table: "t", [operation]), claiming: true)
            }
        }
        #expect(try lab.ruleset.read(table: "t")?.table == table)
        // Made anew it can.
        try lab.ruleset.commit(
            Transaction(
                table: "t", [.deleteTable(name: "t"), .addTable(name: "t", comment: nil)]),
            claiming: true)
        #expect(try lab.ruleset.read(table: "t")?.owner == lab.ruleset.port)
    }
}
