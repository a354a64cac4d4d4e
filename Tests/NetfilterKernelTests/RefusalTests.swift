// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import RulesetDiff
import Testing

@testable import NetfilterKernel

@Suite("A refused batch", .enabled(if: NamespaceLab.isPossible))
struct RefusalTests {
    private let set = NamedSet(name: "s", key: [.ipv4Address], elements: .ipv4([]))

    @Test("All refused steps are named, and nothing is changed")
    func namesSteps() throws {
        let lab = try NamespaceLab()
        let transaction = Transaction(
            table: "t",
            steps: [
                .init(.addTable(name: "t", comment: nil), reason: "the table"),
                .init(.addElements(.ipv4([1]), to: set), reason: "policy shop/web"),
                .init(.addChain(Chain(name: "c")), reason: "a chain"),
                .init(.deleteChain(name: "gone"), reason: "policy shop/old"),
            ])
        let error = try #require(throws: NetlinkError.self) {
            try lab.ruleset.commit(transaction)
        }
        guard case .refused(let refusals) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(refusals.map(\.index) == [1, 3])
        #expect(refusals.map(\.error) == [.noEntry, .noEntry])
        let text = "\(error)"
        #expect(text.contains("table t: cannot add 1 elements to s: No such file or directory"))
        #expect(text.contains("wanted for: policy shop/web"))
        #expect(try lab.ruleset.read(table: "t") == nil)
    }

    @Test("The last step refused, and the one before it")
    func lastStep() throws {
        let lab = try NamespaceLab()
        for operations: [RulesetDiff.Operation] in [
            [.addTable(name: "t", comment: nil), .deleteSet(name: "gone")],
            [.deleteSet(name: "gone"), .addTable(name: "t", comment: nil)],
        ] {
            #expect(throws: NetlinkError.self) {
                try lab.ruleset.commit(Transaction(table: "t", operations))
            }
            #expect(try lab.ruleset.read(table: "t") == nil)
        }
    }

    @Test("A message of many is mapped to its step")
    func manyMessages() throws {
        let lab = try NamespaceLab()
        let many = SetElements.ipv4(Array(0..<20_000))
        let operations: [RulesetDiff.Operation] = [
            .addTable(name: "t", comment: nil), .addSet(set), .addElements(many, to: set),
            .deleteElements(.ipv4([30_000]), from: set), .addElements(many, to: set),
        ]
        let error = try #require(throws: NetlinkError.self) {
            try lab.ruleset.commit(Transaction(table: "t", operations))
        }
        guard case .refused(let refusals) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(refusals.map(\.index) == [3])
    }

    @Test("A stale generation is refused, the right one is taken")
    func generation() throws {
        let lab = try NamespaceLab()
        let table = Table(name: "t")
        let observed = try lab.writeAndRead(table)
        #expect(try lab.ruleset.generation() == observed.generation)
        try lab.nft(load: "table ip other {}")
        let add = RulesetDiff.Operation.addChain(Chain(name: "c"))
        #expect(throws: NetlinkError.generationChanged(expected: observed.generation)) {
            try lab.ruleset.commit(
                Transaction(table: "t", [add], generation: observed.generation))
        }
        let now = try lab.ruleset.generation()
        try lab.ruleset.commit(Transaction(table: "t", [add], generation: now))
        #expect(try lab.ruleset.read(table: "t")?.table.chains == [Chain(name: "c")])
    }

    @Test("Chains that jump in a circle")
    func circle() throws {
        let lab = try NamespaceLab()
        let table = Table(
            name: "t",
            chains: [
                Chain(name: "a", rules: [Rule([.verdict(.jump("b"))])]),
                Chain(name: "b", rules: [Rule([.verdict(.jump("a"))])]),
                Chain(
                    name: "c", base: BaseChain(hook: .input),
                    rules: [Rule([.verdict(.jump("a"))])]),
            ])
        let error = try #require(throws: NetlinkError.self) {
            try lab.ruleset.commit(Transaction(making: table))
        }
        #expect("\(error)".contains("circle"))
        #expect(try lab.ruleset.read(table: "t") == nil)
    }

    @Test("An element that stands with another verdict, a chain in use")
    func busy() throws {
        let lab = try NamespaceLab()
        let map = NamedSet(
            name: "m", key: [.ipv4Address], isVerdictMap: true,
            elements: .entries([SetEntry(key: [1, 2, 3, 4], verdict: .jump("c"))]))
        _ = try lab.writeAndRead(Table(name: "t", chains: [Chain(name: "c")], sets: [map]))
        for operation: RulesetDiff.Operation in [
            .addElements(.entries([SetEntry(key: [1, 2, 3, 4], verdict: .drop)]), to: map),
            .deleteChain(name: "c"),
        ] {
            let error = try #require(throws: NetlinkError.self) {
                try lab.ruleset.commit(Transaction(table: "t", [operation]))
            }
            guard case .refused(let refusals) = error else {
                Issue.record("\(error)")
                return
            }
            // Which of the two depends on the kernel's version.
            #expect([[.busy], [.exists]].contains(refusals.map(\.error)))
        }
    }

    @Test("What no message can hold is refused before anything is sent")
    func unwritable() throws {
        let lab = try NamespaceLab()
        let long = String(repeating: "x", count: 256)
        let plain = Chain(name: "c")
        let operations: [RulesetDiff.Operation] = [
            .addTable(name: long, comment: nil),
            .addTable(name: "", comment: nil),
            .addChain(Chain(name: "a\0b")),
            .addTable(name: "t", comment: String(repeating: "x", count: 129)),
            .addElements(.ipv6([1]), to: set),
            .addElements(.entries([SetEntry(key: [1])]), to: set),
            .addSet(NamedSet(name: "s", key: [], elements: .entries([]))),
            .appendRule(Rule([.unknown(name: "x", attributes: [])]), chain: plain.name),
            .appendRule(Rule([.compare(.first, .equal, [])]), chain: plain.name),
            .appendRule(Rule([.bitwise(.first, mask: [1], xor: [])]), chain: plain.name),
            .appendRule(Rule([.log(prefix: long)]), chain: plain.name),
            .appendRule(Rule([.verdict(.jump(long))]), chain: plain.name),
            .appendRule(Rule(Array(repeating: .counter, count: 129)), chain: plain.name),
        ]
        for operation in operations {
            let error = try #require(throws: NetlinkError.self) {
                try lab.ruleset.commit(Transaction(table: "t", [operation]))
            }
            guard case .unwritable(let step, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(step.operation == operation)
        }
    }

    @Test("An empty transaction sends nothing")
    func empty() throws {
        let lab = try NamespaceLab()
        let before = try lab.ruleset.generation()
        try lab.ruleset.commit(Transaction(table: "t"))
        try lab.ruleset.commit(Transaction(table: "t", [.addElements(.ipv4([]), to: set)]))
        #expect(try lab.ruleset.generation() == before)
    }

    @Test("A namespace that does not exist")
    func noNamespace() {
        let error = #expect(throws: NetlinkError.self) {
            try KernelRuleset(in: NetworkNamespace(path: "/nowhere/at/all"))
        }
        #expect(error.map { "\($0)" }?.contains("/nowhere/at/all") == true)
    }
}
