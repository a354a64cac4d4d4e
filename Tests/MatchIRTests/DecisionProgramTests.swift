// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import PolicyModel
import Testing

@Suite struct DecisionProgramTests {
    private func app(_ name: String) -> Peer {
        .endpoints(
            EndpointSelector(
                namespaces: .named("shop"), labels: .isOneOf(key: "app", values: [name])))
    }

    private func policy(_ name: String, _ rules: [Rule]) -> Policy {
        Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: name),
            subject: .everyEndpoint, ingress: rules)
    }

    private func program(
        _ tiers: [(Tier.DefaultAction, [Policy])], namedPorts: [NamedPort] = []
    ) -> DecisionProgram {
        DecisionProgram(
            EndpointClass(
                direction: .ingress,
                tiers: tiers.map { .init(defaultAction: $0.0, policies: $0.1) },
                namedPorts: namedPorts, families: [.ipv4]), NobodyDirectory())
    }

    @Test("S4: any number of allowing policies is one run in each cell")
    func oneUnion() {
        let policies = (0..<50).map { number in
            policy(
                "p\(number)",
                [
                    Rule(
                        .allow, peers: .only([app("a\(number)")]),
                        ports: .only([.numbers(.tcp, 80...80)]))
                ])
        }
        let program = program([(.deny, policies)])
        #expect(program.ports.count == 1)
        #expect(program.ports[0].cell.runs.count == 1)
        #expect(program.ports[0].cell.runs[0].peers.endpoints.count == 50)
        #expect(program.ports[0].cell.ending == .isolate)
        #expect(
            program.rest
                == Cell(runs: [], ending: .isolate, endingOrigin: .tier("default"), policies: []))
    }

    @Test("S30: overlapping ranges are cut at their boundaries; equal neighbours are joined")
    func portAtoms() {
        let program = program([
            (
                .deny,
                [
                    policy(
                        "p",
                        [
                            Rule(
                                .allow, peers: .only([app("a")]),
                                ports: .only([.numbers(.tcp, 80...90), .numbers(.tcp, 91...95)])),
                            Rule(
                                .allow, peers: .only([app("b")]),
                                ports: .only([.numbers(.tcp, 85...65535)])),
                        ])
                ]
            )
        ])
        #expect(program.ports.map(\.ports) == [80...84, 85...95, 96...65535])
        #expect(program.ports[1].cell.runs[0].peers.endpoints.count == 2)
    }

    @Test("S27, S29: the class's own numbers stand for names; a name without a number is nothing")
    func namedPorts() {
        let rule = Rule(
            .allow, ports: .only([.named(.tcp, "http"), .named(.udp, "dns"), .named(.tcp, "none")]))
        let program = program(
            [(.deny, [policy("p", [rule])])],
            namedPorts: [
                NamedPort(name: "http", transport: .tcp, number: 8080),
                NamedPort(name: "dns", transport: .tcp, number: 53),
                NamedPort(name: "unused", transport: .tcp, number: 1),
            ])
        #expect(program.ports.map(\.ports) == [8080...8080])
        #expect(program.ports[0].cell.ending == .accept)
        #expect(program.namedPorts.map(\.name) == ["dns", "http"])
    }

    @Test("S53: a rule that passes leads to the tiers behind; where everybody passes they follow")
    func passes() throws {
        let behind = (
            Tier.DefaultAction.deny, [policy("n", [Rule(.allow, peers: .only([app("n")]))])]
        )
        let some = program([
            (.pass, [policy("t", [Rule(.pass, peers: .only([app("t")])), Rule(.deny)])]), behind,
        ])
        let run = try #require(some.rest.runs.first)
        guard case .resume(let next) = run.action else {
            Issue.record("\(run.action)")
            return
        }
        #expect(next.cell.ending == .isolate && next.cell.runs.count == 1)
        #expect(some.rest.ending == .drop && some.rest.runs.count == 1)

        let all = program([(.deny, [policy("t", [Rule(.pass), Rule(.deny)])]), behind])
        #expect(all.rest.runs.map(\.action) == [.accept] && all.rest.ending == .isolate)
    }

    @Test("Rules behind one that decides for everybody leave no trace")
    func shadowed() {
        let program = program([
            (
                .deny,
                [
                    policy("first", [Rule(.allow)]),
                    policy("second", [Rule(.deny, peers: .only([app("a")]))]),
                ]
            )
        ])
        let first = RuleOrigin(policy("first", []))
        #expect(
            program.rest
                == Cell(
                    runs: [], ending: .accept, endingOrigin: .rules([first]), policies: [first]))
    }

    @Test("S17: the blocks of all IPv4 and all IPv6 together are everybody")
    func everybody() throws {
        let blocks = try ["0.0.0.0/0", "::/0"].map {
            Peer.network(try #require(CIDR($0)), except: [])
        }
        let both = program([(.deny, [policy("p", [Rule(.allow, peers: .only(blocks))])])])
        #expect(both.rest.ending == .accept && both.rest.runs.isEmpty)
        let one = program([(.deny, [policy("p", [Rule(.allow, peers: .only([blocks[0]]))])])])
        #expect(one.rest.runs.count == 1 && one.rest.ending == .isolate)
    }
}
