// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import RulesetDiff
import Testing

@testable import NetfilterKernel

@Suite("The receipt of a commit", .enabled(if: NamespaceLab.isPossible))
struct ReceiptTests {
    private let set = NamedSet(name: "s", key: [.ipv4Address], elements: .ipv4([]))
    private let accept = Rule([.verdict(.accept)])
    private let drop = Rule([.verdict(.drop)])

    @Test("has the new generation, whatever the first operation is")
    func generation() throws {
        let lab = try NamespaceLab()
        for operations: [RulesetDiff.Operation] in [
            [.addTable(name: "t", comment: nil)],
            [.addSet(set)],
            [.addElements(.ipv4([1]), to: set)],
            [.addElements(.ipv4([]), to: set), .addElements(.ipv4([2]), to: set)],
            [.deleteElements(.ipv4([1]), from: set), .addElements(.ipv4([3]), to: set)],
            [.addChain(Chain(name: "c"))],
            [.appendRule(accept, chain: "c")],
            [.deleteChain(name: "c")],
            [.deleteSet(name: "s")],
            [.deleteTable(name: "t")],
        ] {
            let receipt = try lab.ruleset.commit(Transaction(table: "t", operations))
            #expect(receipt.generation == (try lab.ruleset.generation()), "\(operations)")
        }
    }

    @Test("has the handles of the rules that were added, inserted and replaced")
    func handles() throws {
        let lab = try NamespaceLab()
        _ = try lab.writeAndRead(Table(name: "t", chains: [Chain(name: "c", rules: [accept])]))
        let first = try #require(try lab.ruleset.read(table: "t")?.rules["c"]?.first?.handle)
        let receipt = try lab.ruleset.commit(
            Transaction(
                table: "t",
                [
                    .addSet(set), .addElements(.ipv4([1]), to: set),
                    .appendRule(drop, chain: "c"),
                    .insertRule(drop, chain: "c", before: first),
                    .replaceRule(drop, chain: "c", handle: first),
                ]))
        let rules = try #require(try lab.ruleset.read(table: "t")?.rules["c"])
        #expect(Set(receipt.handles.keys) == [2, 3, 4])
        #expect(rules.map(\.handle) == [3, 4, 2].map { receipt.handles[$0] ?? 0 })
    }

    @Test("counts messages and bytes")
    func counts() throws {
        let lab = try NamespaceLab()
        #expect(try lab.ruleset.commit(Transaction(table: "t")) == CommitReceipt())
        let made = try lab.ruleset.commit(
            Transaction(table: "t", [.addTable(name: "t", comment: nil), .addSet(set)]))
        #expect(made.messageCount == 2)
        let one = try lab.ruleset.commit(
            Transaction(table: "t", [.addElements(.ipv4([1]), to: set)]))
        #expect(one.messageCount == 1)
        #expect(one.byteCount < 200)
        let many = try lab.ruleset.commit(
            Transaction(table: "t", [.addElements(.ipv4(Array(10..<20_000)), to: set)]))
        #expect(many.messageCount > 1)
        #expect(many.byteCount > 16 * 19_990)
    }

    @Test("Of elements and sets, none come back")
    func elementsAreNotEchoed() throws {
        let batch = try Batch(
            Transaction(
                table: "t",
                [
                    .addElements(.ipv4([1]), to: set), .addSet(set),
                    .deleteElements(.ipv4([1]), from: set), .addChain(Chain(name: "c")),
                    .appendRule(accept, chain: "c"),
                ]), firstSequence: 1, wantsReceipt: true, wantsHandles: true)
        try batch.bytes.withUnsafeBytes { bytes in
            for message in NetlinkMessages(ByteView(bytes))
            where message.flags & MessageFlag.echo != 0 {
                switch message.type {
                case MessageType.newElements:
                    let list = try #require(
                        AttributeIndex(message.attributes).list(ElementListAttribute.elements))
                    #expect(list.head == nil)
                default: #expect(message.type == MessageType.newRule)
                }
            }
        }
    }

    @Test("Fifty thousand rules answer with as many handles")
    func manyRules() throws {
        let lab = try NamespaceLab()
        let table = Table(
            name: "t",
            chains: (0..<500).map { number in
                Chain(
                    name: "c\(number)",
                    rules: (0..<100).map { Rule([.verdict(.accept)], comment: "rule \($0)") })
            })
        let transaction = Transaction(making: table)
        let receipt = try lab.ruleset.commit(transaction)
        #expect(receipt.handles.count == 50_000)
        #expect(Set(receipt.handles.values).count == 50_000)
        #expect(receipt.generation == (try lab.ruleset.generation()))
    }

    @Test("A commit whose answers do not fit is known to have happened")
    func smallBuffer() throws {
        let lab = try NamespaceLab()
        lab.ruleset.socket.fixReceiveBuffer(1)
        let table = Table(
            name: "t",
            chains: [Chain(name: "c", rules: Array(repeating: accept, count: 2_000))])
        let receipt = try lab.ruleset.commit(Transaction(making: table))
        #expect(receipt.handles.count < 2_000)
        #expect(receipt.generation == nil)
        #expect(try lab.ruleset.generation() == 2)
        // The next commit meets nothing that was left.
        let next = try lab.ruleset.commit(
            Transaction(table: "t", [.addSet(set), .addElements(.ipv4([1]), to: set)]))
        #expect(next.generation == 3)
    }

    @Test("A batch whose refusals do not fit is known to be refused")
    func smallBufferRefusal() throws {
        let lab = try NamespaceLab()
        lab.ruleset.socket.fixReceiveBuffer(1)
        try lab.ruleset.commit(Transaction(table: "t", [.addTable(name: "t", comment: nil)]))
        let operations = (0..<2_000).map { RulesetDiff.Operation.deleteSet(name: "gone\($0)") }
        let error = try #require(throws: NetlinkError.self) {
            try lab.ruleset.commit(Transaction(table: "t", operations))
        }
        guard case .refused(let refusals) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(refusals.count < 2_000)
        #expect(try lab.ruleset.generation() == 2)
    }
}
