// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import Testing

@Suite struct PacketTraceTests {
    private let packet = Packet(
        from: .ipv4(0x0a00_0001), to: .ipv4(0x0a00_0002), transport: .tcp, sourcePort: 1000,
        destinationPort: 80)

    private func lookup(_ set: String, isInverted: Bool = false) -> [Expression] {
        Expression.isFamily(.ipv4) + [
            .load(.source, .ipv4, into: .first),
            .lookup(set: set, key: .first, isInverted: isInverted),
        ]
    }

    private func trace(_ rules: [Rule], _ sets: [NamedSet]) throws -> PacketTrace {
        try Table(
            name: "t",
            chains: [
                Chain(name: "f", base: BaseChain(hook: .forward), comment: "all", rules: rules)
            ],
            sets: sets
        ).trace(packet, at: .forward)
    }

    private func addresses(_ name: String, _ elements: SetElements) -> NamedSet {
        NamedSet(name: name, key: [.ipv4Address], comment: "shop: app=web", elements: elements)
    }

    @Test("Each rule that asked a set or gave a verdict is told, with the element that was found")
    func steps() throws {
        let interval = IntervalSet<UInt32>([0x0a00_0000...0x0a00_00ff])
        let trace = try trace(
            [
                Rule(lookup("none") + [.verdict(.drop)]),
                Rule(Expression.isFamily(.ipv6) + [.verdict(.drop)]),
                Rule(lookup("nets") + [.counter]),
                Rule(lookup("hosts") + [.verdict(.accept)]),
            ],
            [
                addresses("none", .ipv4([7])), addresses("nets", .ipv4Intervals(interval)),
                addresses("hosts", .ipv4([0x0a00_0001])),
            ])
        #expect(trace.isAccepted)
        #expect(trace.steps.map(\.rule) == [0, 2, 3])
        #expect(trace.steps.map(\.verdict) == [nil, nil, .accept])
        #expect(trace.steps.map(\.text).last == "ip saddr @hosts accept")
        #expect(trace.steps.map(\.chainComment) == ["all", "all", "all"])
        let lookups = trace.steps.flatMap(\.lookups)
        #expect(lookups.map(\.element) == [nil, "10.0.0.0/24", "10.0.0.1"])
        #expect(Set(lookups.map(\.key)) == ["10.0.0.1"])
        #expect(Set(lookups.map(\.comment)) == ["shop: app=web"])
    }

    @Test("A map's element is told with its verdict, of ranges the one that holds the key")
    func maps() throws {
        let entries = [(1, 79), (80, 90), (91, 99)].map { low, high in
            SetEntry(
                key: [6, 0, 0, 0, 0, UInt8(low), 0, 0], keyEnd: [6, 0, 0, 0, 0, UInt8(high), 0, 0],
                verdict: low == 80 ? .drop : .accept, comment: "from \(low)")
        }
        let map = NamedSet(
            name: "ranges", key: [.inetProtocol, .inetService], isInterval: true,
            isVerdictMap: true, elements: .entries(entries))
        let trace = try trace([Rule(Expression.decideByPort("ranges"))], [map])
        #expect(!trace.isAccepted)
        let lookup = try #require(trace.steps.first?.lookups.first)
        #expect(lookup.key == "tcp . 80")
        #expect(lookup.element == "tcp . 80-90 comment \"from 80\" : drop")
    }

    @Test("The trace says what the evaluator says, of one packet after another")
    func agreement() throws {
        let table = Table(
            name: "t",
            chains: [
                Chain(
                    name: "f", base: BaseChain(hook: .forward),
                    rules: [Rule(lookup("hosts", isInverted: true) + [.verdict(.drop)])])
            ], sets: [addresses("hosts", .ipv4([0x0a00_0001, 0x0a00_0003]))])
        let evaluator = TableEvaluator(table)
        for source in UInt32(0x0a00_0000)...0x0a00_0004 {
            var packet = packet
            packet.source = .ipv4(source)
            let trace = try table.trace(packet, at: .forward)
            let result = try evaluator.evaluate(packet, at: .forward)
            #expect(trace.isAccepted == result.isAccepted)
            #expect(trace.steps.compactMap(\.verdict) == result.trace.map(\.verdict))
        }
    }

    @Test("An expression that is not known is an error, never a trace")
    func unknown() {
        #expect(throws: EvaluationError.unknownExpression("limit")) {
            try trace([Rule([.unknown(name: "limit", attributes: [])])], [])
        }
    }
}
