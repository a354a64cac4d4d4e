// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyTestKit
import RulesetDiff
import Testing

/// Changes of elements that kernels are particular about, on the real one.
@Suite(.needsNamespaces, .serialized)
struct ElementChangeTests {
    private func drawn<Bits: AddressBits>(
        _ random: inout SeededGenerator, from base: Bits
    ) -> IntervalSet<Bits> {
        IntervalSet(
            (0..<random.number(in: 0...12)).map { _ in
                let low = random.number(in: 0...200)
                return base + Bits(low)...base + Bits(random.number(in: low...255))
            })
    }

    @Test("S68: interval sets go from any content to any other, however the intervals overlap")
    func intervals() throws {
        let lab = try TestNamespace("intervals")
        var random = SeededGenerator(seed: 68)
        for round in 0..<300 {
            // Towards the ends of the address space, where intervals have no successor.
            let base4: UInt32 = random.pick([0, 0x0a00_0000, .max - 255])
            let base6: UInt128 = random.pick([0, UInt128(0xfd00) << 112, .max - 255])
            let wanted = Table(
                name: "sluice",
                sets: [
                    NamedSet(
                        name: "nets4", key: [.ipv4Address], isInterval: true,
                        elements: .ipv4Intervals(drawn(&random, from: base4))),
                    NamedSet(
                        name: "nets6", key: [.ipv6Address], isInterval: true,
                        elements: .ipv6Intervals(drawn(&random, from: base6))),
                ])
            try lab.bring(to: wanted)
            try #require(try lab.table()?.table == wanted, "round \(round)")
        }
    }

    @Test("S69: an element gets another verdict, in plain maps and in those of ranges")
    func verdicts() throws {
        let lab = try TestNamespace("verdicts")
        var random = SeededGenerator(seed: 69)
        for round in 0..<200 {
            let verdicts: [Verdict] = [.accept, .drop, .return, .goto("a"), .jump("b")]
            func entries(isInterval: Bool) -> SetElements {
                let ports = (0..<8).filter { _ in random.chance(70) }
                return .entries(
                    ports.map { port in
                        let key = [6, 0, 0, 0, 0, UInt8(port * 10), 0, 0]
                        let end = [
                            6, 0, 0, 0, 0, UInt8(port * 10 + random.number(in: 0...9)), 0, 0,
                        ]
                        return SetEntry(
                            key: key, keyEnd: isInterval ? end : nil,
                            verdict: random.pick(verdicts))
                    })
            }
            let wanted = Table(
                name: "sluice", chains: [Chain(name: "a"), Chain(name: "b")],
                sets: [
                    NamedSet(
                        name: "ports", key: [.inetProtocol, .inetService], isVerdictMap: true,
                        elements: entries(isInterval: false)),
                    NamedSet(
                        name: "ranges", key: [.inetProtocol, .inetService], isInterval: true,
                        isVerdictMap: true, elements: entries(isInterval: true)),
                ])
            try lab.bring(to: wanted)
            try #require(try lab.table()?.table == wanted, "round \(round)")
        }
    }

    @Test("A set of pods that outgrows its room is made anew with the rules that look into it")
    func growth() throws {
        let lab = try TestNamespace("growth")
        for count: UInt32 in [10, 60, 64, 65, 300, 20] {
            var capacity: UInt32 = 64
            while capacity < 2 * count { capacity *= 2 }
            let wanted = Table(
                name: "sluice",
                chains: [
                    Chain(
                        name: "cell",
                        rules: [
                            Rule(
                                Expression.isFamily(.ipv4) + [
                                    .load(.source, .ipv4, into: .first),
                                    .lookup(set: "pods4", key: .first, isInverted: false),
                                    .verdict(.accept),
                                ]), Rule([.counter, .verdict(.drop)]),
                        ])
                ],
                sets: [
                    NamedSet(
                        name: "pods4", key: [.ipv4Address], capacity: capacity,
                        elements: .ipv4(Array(1...count)))
                ])
            try lab.bring(to: wanted)
            let observed = try #require(try lab.table())
            #expect(observed.table.chains == wanted.chains)
            #expect(observed.table.sets.map(\.elements) == wanted.sets.map(\.elements))
            #expect(Transaction(from: observed, to: wanted).isEmpty)
        }
    }
}
