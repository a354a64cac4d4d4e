// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import Testing

/// Programs grow as the policies do, whatever their ports and however many rules pass.
@Suite struct ProgramSizeTests {
    /// The most runs that a program has for each rule: those of 96 rules whose ranges overlap are
    /// within the budget of cells by port.
    private static let runsOfARule = 48

    private func policy(_ name: String, rules: Int, _ rule: (Int) -> Rule) -> Policy {
        Policy(
            id: PolicyID(kind: "GlobalNetworkPolicy", namespace: "", name: name), tier: name,
            subject: .everyEndpoint, ingress: (0..<rules).map(rule))
    }

    private func program(
        _ policies: [Policy], _ defaultAction: Tier.DefaultAction
    ) -> DecisionProgram {
        DecisionProgram(
            EndpointClass(
                direction: .ingress,
                tiers: policies.map { .init(defaultAction: defaultAction, policies: [$0]) },
                namedPorts: [], families: [.ipv4]), NobodyDirectory())
    }

    private func block(_ number: Int) -> Peers {
        let address = IPAddress.ipv4(0x0a00_0000 + UInt32(number) << 8)
        return .only([.network(CIDR(address, prefixLength: 24), except: [])])
    }

    private func runs(_ program: DecisionProgram) -> Int {
        program.cells.reduce(0) { $0 + $1.runs.count }
    }

    @Test(
        "ordered rules with overlapping ranges: runs for each rule are few",
        arguments: [16, 32, 64, 96, 128, 256, 512, 1024])
    func overlappingRanges(count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        let rules = policy("tier", rules: count) { number in
            let low = random.number(in: 1...60000)
            let high = random.number(in: low...65535)
            return Rule(
                number % 2 == 0 ? .allow : .deny, peers: block(number),
                ports: .only([.numbers(.tcp, UInt16(low)...UInt16(high))]))
        }
        let program = program([rules], .deny)
        #expect(runs(program) <= Self.runsOfARule * count)
        // What is small enough keeps the flat cost for packets.
        #expect(program.ports.isEmpty == (count >= 96), "\(program.ports.count) pieces")
        if count >= 96 { #expect(runs(program) <= count) }
    }

    @Test("rules for ports that do not overlap are found by port, however many they are")
    func separatePorts() {
        let rules = policy("tier", rules: 1024) { number in
            Rule(
                number % 2 == 0 ? .allow : .deny, peers: block(number),
                ports: .only([.numbers(.tcp, UInt16(number)...UInt16(number))]))
        }
        let program = program([rules], .deny)
        #expect(program.ports.count == 1024)
        #expect(runs(program) <= 1024)
    }

    @Test(
        "rules that pass in tier behind tier share the cells behind them",
        arguments: [Tier.DefaultAction.deny, .pass])
    func passes(defaultAction: Tier.DefaultAction) {
        let tiers = (0..<8).map { tier in
            policy("tier\(tier)", rules: 64) {
                Rule($0 % 2 == 0 ? .deny : .pass, peers: block(64 * tier + $0))
            }
        }
        let program = program(tiers, defaultAction)
        // One of each tier, and one behind the last.
        #expect(program.cells.count == 9)
        // Where tiers pass by default, their cells hold the runs of those behind them too.
        let most = defaultAction == .deny ? 8 * 64 : 8 * 9 / 2 * 64
        #expect(runs(program) <= most)
        // Made anew, it is equal, and found to be so as fast.
        #expect(program == self.program(tiers, defaultAction))
    }
}
