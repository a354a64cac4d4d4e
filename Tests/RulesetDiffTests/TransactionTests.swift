// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import RulesetDiff
import Testing

@Suite struct TransactionTests {
    /// The wanted table of a random world.
    private func table(seed: UInt64, style: WorldGenerator.Style = .kubernetes) -> Table {
        let state = WorldGenerator(seed: seed, style: style).world()
        return NodeCompilation(state, node: WorldGenerator.localNode).table
    }

    @Test("From nothing, and between any two worlds, the steps lead to the wanted table")
    func leadsToWantedTable() throws {
        var kernel = FakeKernel()
        for seed in UInt64(0)..<150 {
            let wanted = table(seed: seed, style: seed.isMultiple(of: 3) ? .tiered : .kubernetes)
            try kernel.commit(Transaction(from: kernel.observed, to: wanted))
            let observed = try #require(kernel.observed)
            try #require(Transaction(from: observed, to: wanted).isEmpty, "seed \(seed)")
            try #require(observed.table.chains.count == wanted.chains.count, "seed \(seed)")
        }
    }

    @Test("S13: each phase decides for every packet as the old or as the new table does")
    func phases() throws {
        var kernel = FakeKernel()
        var old: Table?
        for seed in UInt64(0)..<60 {
            let state = WorldGenerator(seed: seed / 2, style: .tiered).world()
            var changed = state
            // The same pods under other policies, so that most objects concern both.
            if seed % 2 == 1 { changed.policies.removeLast(changed.policies.count / 2) }
            let wanted = NodeCompilation(changed, node: WorldGenerator.localNode).table
            let migration = Migration(from: kernel.observed, to: wanted)
            for (position, transaction) in migration.transactions.enumerated() {
                try kernel.commit(transaction)
                guard let old, migration.transactions.count == 3 else { continue }
                let present = TableEvaluator(kernel.observed!.table)
                let expected = TableEvaluator(position == 0 ? old : wanted)
                var random = SeededGenerator(seed: seed)
                for packet in PacketGenerator(state).sample(200, using: &random) {
                    let packet = Packet(
                        from: packet.source, to: packet.destination, transport: packet.transport,
                        sourcePort: 1, destinationPort: packet.destinationPort,
                        icmpType: packet.icmpType)
                    let fate = try present.evaluate(packet, at: .forward).isAccepted
                    let expectation = try expected.evaluate(packet, at: .forward).isAccepted
                    try #require(
                        fate == expectation,
                        "seed \(seed), transaction \(position + 1): \(packet)")
                }
            }
            #expect(Transaction(from: kernel.observed, to: wanted).isEmpty, "seed \(seed)")
            old = kernel.observed?.table
        }
    }

    @Test("A second transaction is empty")
    func secondIsEmpty() throws {
        for seed in UInt64(0)..<20 {
            var kernel = FakeKernel()
            let wanted = table(seed: seed)
            try kernel.commit(Transaction(from: nil, to: wanted))
            #expect(Transaction(from: kernel.observed, to: wanted).isEmpty)
        }
    }

    @Test("A remote pod that joins is one element in each set that it belongs to, and nothing else")
    func remotePodJoins() throws {
        let selector = EndpointSelector(
            namespaces: .any, labels: .isOneOf(key: "app", values: ["front"]))
        let web = Endpoint(
            id: EndpointID(namespace: "shop", name: "web"), labels: ["app": "web"], node: "a",
            addresses: [.ipv4(0x0a01_0001)])
        var state = ClusterState(
            endpoints: [web],
            policies: [
                Policy(
                    id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: "web"),
                    subject: .everyEndpoint,
                    ingress: [Rule(.allow, peers: .only([.endpoints(selector)]))])
            ])
        var kernel = FakeKernel()
        try kernel.commit(
            Transaction(from: nil, to: NodeCompilation(state, node: "a").table))
        state.endpoints.append(
            Endpoint(
                id: EndpointID(namespace: "shop", name: "front"), labels: ["app": "front"],
                node: "b", addresses: [.ipv4(0x0a02_0001)]))
        let steps = Transaction(from: kernel.observed, to: NodeCompilation(state, node: "a").table)
            .steps.map(\.operation)
        #expect(steps.count == 1)
        guard case .addElements(let elements, let set)? = steps.first else {
            Issue.record("\(steps)")
            return
        }
        #expect(elements == .ipv4([0x0a02_0001]))
        #expect(set.name.hasPrefix("pods4-"))
    }

    @Test("A set is made anew when it has no room, and only then")
    func capacity() throws {
        func table(_ count: UInt32, _ capacity: UInt32) -> Table {
            Table(
                name: "sluice",
                chains: [
                    Chain(
                        name: "cell",
                        rules: [.init([.lookup(set: "pods", key: .first, isInverted: false)])])
                ],
                sets: [
                    NamedSet(
                        name: "pods", key: [.ipv4Address], capacity: capacity,
                        elements: .ipv4(Array(0..<count)))
                ])
        }
        var kernel = FakeKernel()
        try kernel.commit(Transaction(from: nil, to: table(30, 64)))
        let growing = Transaction(from: kernel.observed, to: table(40, 128))
        #expect(growing.steps.count == 1)
        try kernel.commit(growing)
        try kernel.commit(Transaction(from: kernel.observed, to: table(65, 256)))
        #expect(kernel.observed?.table == table(65, 256))
        #expect(Transaction(from: kernel.observed, to: table(3, 64)).steps.count == 1)
    }

    @Test("A migration to a set without room makes it anew, and ends")
    func outgrown() throws {
        func table(_ count: UInt32, _ capacity: UInt32) -> Table {
            Table(
                name: "sluice",
                sets: [
                    NamedSet(
                        name: "pods", key: [.ipv4Address], capacity: capacity,
                        elements: .ipv4(Array(0..<count)))
                ])
        }
        var kernel = FakeKernel()
        try kernel.commit(Transaction(from: nil, to: table(60, 64)))
        let first = Migration(from: kernel.observed, to: table(70, 256))
        #expect(!first.isComplete && !first.isEmpty)
        for transaction in first.transactions { try kernel.commit(transaction) }
        let second = Migration(from: kernel.observed, to: table(70, 256))
        #expect(second.isComplete && second.isEmpty)
    }

    @Test("What others changed is put right: headers, elements, rules, verdicts")
    func repairsTampering() throws {
        for seed in UInt64(0)..<200 {
            var random = SeededGenerator(seed: seed)
            let wanted = table(seed: seed % 10, style: .tiered)
            var kernel = FakeKernel()
            var tampered = wanted
            for _ in 0..<random.number(in: 1...4) { tampered.tamper(using: &random) }
            // What cannot stand in a kernel (a name of nothing) is no state to start from.
            guard (try? kernel.commit(Transaction(from: nil, to: tampered))) != nil else {
                continue
            }
            try kernel.commit(Transaction(from: kernel.observed, to: wanted))
            try #require(kernel.observed?.table.sorted == wanted, "seed \(seed)")
        }
    }
}

extension Table {
    /// One change of the kind that a stranger could make.
    fileprivate mutating func tamper(using random: inout SeededGenerator) {
        let chain = random.number(in: 0...chains.count - 1)
        let set = random.number(in: 0...sets.count - 1)
        switch random.number(in: 0...6) {
        case 0: chains[chain].rules = random.shuffled(chains[chain].rules)
        case 1 where !chains[chain].rules.isEmpty: chains[chain].rules.removeLast()
        case 2: chains[chain].rules.append(NftablesModel.Rule([.verdict(.accept)]))
        case 3: chains[chain].comment = "changed"
        case 4: sets[set].elements = sets[set].elements.withoutLast
        case 5: sets[set].foreignFlags = 0x10
        default: chains.append(Chain(name: "stranger", rules: [.init([.verdict(.drop)])]))
        }
        if Set(chains.map(\.name)).count < chains.count { chains.removeLast() }
    }
}

extension SetElements {
    fileprivate var withoutLast: SetElements {
        switch self {
        case .ipv4(let list): .ipv4(list.dropLast())
        case .ipv6(let list): .ipv6(list.dropLast())
        case .ipv4Intervals(let set): .ipv4Intervals(.init(set.intervals.dropLast()))
        case .ipv6Intervals(let set): .ipv6Intervals(.init(set.intervals.dropLast()))
        case .entries(let list): .entries(list.dropLast())
        }
    }
}
