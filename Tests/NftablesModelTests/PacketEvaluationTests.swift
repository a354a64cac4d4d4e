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
}
