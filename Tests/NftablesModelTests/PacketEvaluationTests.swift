// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import Testing

@Suite struct PacketEvaluationTests {
    private func table(_ chains: [Chain], sets: [NamedSet] = []) -> TableEvaluator {
        TableEvaluator(Table(name: "t", chains: chains, sets: sets))
    }

    private let packet = Packet(
        from: .ipv4(1), to: .ipv4(2), transport: .tcp, sourcePort: 1000, destinationPort: 80)

    private func base(_ rules: [Rule], policy: BaseChain.Policy = .accept) -> Chain {
        Chain(name: "f", base: BaseChain(hook: .forward, policy: policy), rules: rules)
    }

    @Test("Jump comes back to the next rule, goto to the rule behind the latest jump")
    func calls() throws {
        let chains = [
            base([Rule([.verdict(.jump("a"))]), Rule([.verdict(.drop)])]),
            Chain(name: "a", rules: [Rule([.verdict(.goto("b"))]), Rule([.verdict(.accept)])]),
            Chain(name: "b", rules: [Rule([.verdict(.return)])]),
        ]
        #expect(try !table(chains).evaluate(packet, at: .forward).isAccepted)
    }

    @Test("The policy decides what no rule does")
    func policy() throws {
        #expect(try table([base([])]).evaluate(packet, at: .forward).isAccepted)
        #expect(try !table([base([], policy: .drop)]).evaluate(packet, at: .forward).isAccepted)
    }

    @Test("A packet without the bytes that a rule loads does not match it")
    func missingBytes() throws {
        let rule = Rule(
            Expression.isFamily(.ipv6) + [.load(.source, .ipv6, into: .first), .verdict(.drop)])
        #expect(try table([base([rule])]).evaluate(packet, at: .forward).isAccepted)
    }

    @Test("Intervals of a concatenation are ranges field by field")
    func concatenation() throws {
        let set = NamedSet(
            name: "ranges", key: [.inetProtocol, .inetService], isInterval: true,
            isVerdictMap: true,
            elements: .entries([
                SetEntry(
                    key: [6, 0, 0, 0, 0, 80, 0, 0], keyEnd: [6, 0, 0, 0, 0, 90, 0, 0],
                    verdict: .drop)
            ]))
        let evaluator = table([base([Rule(Expression.decideByPort("ranges"))])], sets: [set])
        for (port, isAccepted) in [(79, true), (80, false), (90, false), (91, true)] {
            var packet = packet
            packet.destinationPort = UInt16(port)
            #expect(try evaluator.evaluate(packet, at: .forward).isAccepted == isAccepted)
        }
    }

    @Test("What is not known is an error, never an answer")
    func unknown() {
        #expect(throws: EvaluationError.unknownExpression("quota")) {
            try table([base([Rule([.unknown(name: "quota", attributes: [])])])])
                .evaluate(packet, at: .forward)
        }
        #expect(throws: EvaluationError.missing("chain nowhere")) {
            try table([base([Rule([.verdict(.jump("nowhere"))])])]).evaluate(packet, at: .forward)
        }
    }

    @Test("Parts of the addresses are loaded too, and both at once")
    func addressParts() throws {
        let packet = Packet(from: .ipv4(0x0a01_0203), to: .ipv4(0x0a04_0506), transport: .udp)
        let loads: [(UInt32, UInt32, [UInt8])] = [
            (12, 1, [10]), (13, 2, [1, 2]), (16, 3, [10, 4, 5]),
            (12, 8, [10, 1, 2, 3, 10, 4, 5, 6]),
        ]
        for (offset, length, bytes) in loads {
            let rule = Rule([
                .payload(.network, offset: offset, length: length, into: .first),
                .compare(.first, .equal, bytes), .verdict(.drop),
            ])
            #expect(try !table([base([rule])]).evaluate(packet, at: .forward).isAccepted)
        }
        let other = Rule([.payload(.network, offset: 8, length: 1, into: .first)])
        #expect(throws: EvaluationError.self) {
            try table([base([other])]).evaluate(packet, at: .forward)
        }
    }

    @Test("The element for all keys serves those that have none of their own")
    func catchAll() throws {
        let map = NamedSet(
            name: "m", key: [.ipv4Address], isVerdictMap: true,
            elements: .entries([
                SetEntry(key: [], verdict: .drop),
                SetEntry(key: [0, 0, 0, 1], verdict: .accept),
            ]))
        let rule = Rule([
            .load(.source, .ipv4, into: .first), .verdictLookup(map: "m", key: .first),
        ])
        let evaluator = table([base([rule])], sets: [map])
        for (source, isAccepted) in [(UInt32(1), true), (2, false)] {
            let packet = Packet(from: .ipv4(source), to: .ipv4(2), transport: .udp)
            #expect(try evaluator.evaluate(packet, at: .forward).isAccepted == isAccepted)
        }
    }

    @Test("An element whose verdict is not known, and a key that is not, are errors")
    func unknownElements() {
        for (key, entry) in [
            ([FieldType.ipv4Address], SetEntry(key: [0, 0, 0, 1])),
            ([], SetEntry(key: [0], keyEnd: [255], verdict: .accept)),
        ] {
            let map = NamedSet(
                name: "m", key: key, isInterval: key.isEmpty, isVerdictMap: true,
                elements: .entries([entry]))
            let rule = Rule([
                .load(.source, .ipv4, into: .first), .verdictLookup(map: "m", key: .first),
            ])
            #expect(throws: EvaluationError.self) {
                try table([base([rule])], sets: [map]).evaluate(packet, at: .forward)
            }
        }
    }

    @Test("A packet that is rejected is dropped")
    func rejection() throws {
        let rule = Rule([.unknown(name: "reject", attributes: [1, 2])])
        #expect(try !table([base([rule])]).evaluate(packet, at: .forward).isAccepted)
    }

    @Test("No packet meets a dormant table")
    func dormant() throws {
        let chain = base([Rule([.verdict(.drop)])])
        let evaluator = TableEvaluator(Table(name: "t", foreignFlags: 1, chains: [chain]))
        #expect(try evaluator.evaluate(packet, at: .forward).isAccepted)
    }
}
