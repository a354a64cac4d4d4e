// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

@Suite struct CalicoRuleDecoderTests {
    @Test(
        arguments: [("Allow", Action.allow), ("Deny", .deny), ("Log", .log), ("Pass", .pass)])
    func actions(word: String, action: Action) throws {
        #expect(try calicoRule("{action: \(word)}") == Rule(action))
    }

    @Test func anIngressRulesSourceIsTheOtherSide() throws {
        let rule = try calicoRule(
            "{action: Allow, protocol: TCP, source: {nets: [10.0.0.0/8], ports: [1000]}, "
                + "destination: {nets: [192.0.2.0/24], ports: [80, \"8000:8080\", http], "
                + "notPorts: [8001]}}")
        #expect(rule.peers == .only([.network(try cidr("10.0.0.0/8"), except: [])]))
        #expect(rule.conditions.own == .only([.network(try cidr("192.0.2.0/24"), except: [])]))
        #expect(
            rule.ports
                == .only([
                    .numbers(.tcp, 80...80), .numbers(.tcp, 8000...8080), .named(.tcp, "http"),
                ]))
        #expect(rule.conditions.sourcePorts == .only([.numbers(.tcp, 1000...1000)]))
        #expect(rule.conditions.exceptPorts == [.numbers(.tcp, 8001...8001)])
    }

    @Test func anEgressRulesDestinationIsTheOtherSide() throws {
        let policy = try calicoPolicy(
            "{egress: [{action: Deny, protocol: UDP, source: {selector: has(a), notPorts: [1]}, "
                + "destination: {nets: [2001:db8::/32], ports: [53]}}]}")
        let rule = try #require(policy.egress?.first)
        #expect(rule.peers == .only([.network(try cidr("2001:db8::/32"), except: [])]))
        #expect(rule.ports == .only([.numbers(.udp, 53...53)]))
        #expect(rule.conditions.exceptSourcePorts == [.numbers(.udp, 1...1)])
        #expect(
            rule.conditions.own
                == .only([
                    .endpoints(
                        EndpointSelector(
                            namespaces: .named("shop"), labels: .has("a"), reach: .everything))
                ]))
    }

    @Test(
        arguments: [
            ("TCP", 6), ("UDP", 17), ("ICMP", 1), ("ICMPv6", 58), ("SCTP", 132), ("UDPLite", 136),
            ("4", 4), ("255", 255), ("\"47\"", 47),
        ])
    func protocols(text: String, number: UInt8) throws {
        let known = IPProtocol(rawValue: number)
        #expect(
            try calicoRule("{action: Allow, protocol: \(text)}").ports == .only([.every(known)]))
        let rule = try calicoRule("{action: Allow, notProtocol: \(text)}")
        #expect(rule.ports == .all)
        #expect(rule.conditions.exceptPorts == [.every(known)])
    }

    @Test("S64: a type without a code means every code")
    func messages() throws {
        let rule = try calicoRule(
            "{action: Allow, protocol: ICMP, icmp: {type: 8}, notICMP: {type: 8, code: 3}}")
        #expect(rule.ports == .only([.icmp(.icmp, type: 8, code: nil)]))
        #expect(rule.conditions.exceptPorts == [.icmp(.icmp, type: 8, code: 3)])
        #expect(
            try calicoRule("{action: Allow, protocol: ICMPv6, icmp: {}}").ports
                == .only([.every(.icmpv6)]))
    }

    @Test func families() throws {
        #expect(try calicoRule("{action: Allow, ipVersion: 4}").conditions.family == .ipv4)
        #expect(try calicoRule("{action: Allow, ipVersion: 6}").conditions.family == .ipv6)
        #expect(try calicoRule("{action: Allow}").conditions == .none)
    }

    @Test("S66: negated blocks are kept beside the others, of whatever family")
    func notNets() throws {
        let rule = try calicoRule(
            "{action: Allow, source: {nets: [10.0.0.0/8], notNets: [0.0.0.0/0, 2001:db8::/32]}}")
        #expect(
            rule.peers
                == .only([
                    .addresses(
                        AddressMatch(
                            nets: [try cidr("10.0.0.0/8")],
                            notNets: [try cidr("0.0.0.0/0"), try cidr("2001:db8::/32")]))
                ]))
        let alone = try calicoRule("{action: Allow, source: {notNets: [0.0.0.0/0]}}")
        #expect(
            alone.peers == .only([.addresses(AddressMatch(notNets: [try cidr("0.0.0.0/0")]))]))
    }

    @Test("S67: a rule for http allows nothing, and denies as if it did not say so")
    func http() throws {
        for (action, peers) in [
            ("Allow", Peers.only([])), ("Pass", .only([])), ("Deny", .anyone), ("Log", .anyone),
        ] {
            let spec = "{ingress: [{action: \(action), http: {methods: [GET]}}]}"
            let decoded = decode(calicoText("NetworkPolicy", namespace: "shop", spec: spec))
            #expect(decoded.diagnostics.map(\.severity) == [.warning])
            #expect(decoded.diagnostics.first?.field == "spec.ingress[0].http")
            #expect(decoded.policies.first?.value.ingress?.first?.peers == peers)
        }
    }

    @Test func annotationsAreAccepted() throws {
        #expect(
            try calicoRule("{action: Deny, metadata: {annotations: {ticket: \"123\"}}}")
                == Rule(.deny))
    }

    @Test(
        arguments: [
            ("{}", "spec.ingress[0].action: is missing"),
            ("{action: \"\"}", "spec.ingress[0].action: is missing"),
            ("{action: allow}", "spec.ingress[0].action: \"allow\" is not known here"),
            ("{action: 1}", "spec.ingress[0].action: is a number, not text"),
            (
                "{action: Deny, ipVersion: 5}",
                "spec.ingress[0].ipVersion: 5 is not a version of IP"
            ),
            (
                "{action: Deny, protocol: tcp}",
                "spec.ingress[0].protocol: \"tcp\" is not a protocol"
            ),
            (
                "{action: Deny, protocol: 0}",
                "spec.ingress[0].protocol: 0 is not a protocol's number"
            ),
            (
                "{action: Deny, notProtocol: 256}",
                "spec.ingress[0].notProtocol: 256 is not a protocol's number"
            ),
            ("{action: Deny, protocol: true}", "spec.ingress[0].protocol: is not a protocol"),
            (
                "{action: Deny, icmp: {type: 8}}",
                "spec.ingress[0].icmp: stands without a protocol of such messages"
            ),
            (
                "{action: Deny, protocol: TCP, notICMP: {type: 8}}",
                "spec.ingress[0].notICMP: stands without a protocol of such messages"
            ),
            (
                "{action: Deny, protocol: ICMP, icmp: {code: 1}}",
                "spec.ingress[0].icmp.code: stands without type"
            ),
            (
                "{action: Deny, protocol: ICMP, icmp: {type: 255}}",
                "spec.ingress[0].icmp.type: 255 is out of range"
            ),
            (
                "{action: Deny, protocol: ICMP, icmp: {type: -1}}",
                "spec.ingress[0].icmp.type: -1 is out of range"
            ),
            (
                "{action: Deny, protocol: ICMP, icmp: {type: 3, code: 256}}",
                "spec.ingress[0].icmp.code: 256 is out of range"
            ),
            (
                "{action: Deny, protocol: ICMP, ipVersion: 6}",
                "spec.ingress[0].protocol: is not a protocol of the rule's ipVersion"
            ),
            (
                "{action: Deny, protocol: ICMPv6, ipVersion: 4}",
                "spec.ingress[0].protocol: is not a protocol of the rule's ipVersion"
            ),
            ("{action: Deny, source: []}", "spec.ingress[0].source: is a list, not a mapping"),
        ])
    func badRule(rule: String, problem: String) {
        #expect(calicoProblems("NetworkPolicy", "{ingress: [\(rule)]}") == [problem])
    }

    @Test(
        "what the API refuses of http is an error",
        arguments: [
            ("protocol: UDP, http: {methods: [GET]}", "protocol: is not the protocol of http"),
            ("protocol: 6, http: {methods: [GET]}", "protocol: is not the protocol of http"),
            ("http: {method: [GET]}", "http.method: is an unknown field"),
            ("http: {methods: GET}", "http.methods: is text, not a list"),
            ("http: {paths: [{exact: /a, prefix: /b}]}", "http.paths[0]: has exact and prefix"),
            ("http: {paths: [{}]}", "http.paths[0]: names no path"),
        ])
    func badHTTP(_ rule: String, _ problem: String) {
        let problems = calicoProblems("NetworkPolicy", "{ingress: [{action: Allow, \(rule)}]}")
        #expect(problems.contains("spec.ingress[0].\(problem)"))
        #expect(problems.count == 2, "the other says that http is not enforced")
    }

    @Test("a range with a hyphen is a port's name, and a warning says so")
    func hyphenatedRange() {
        func diagnostics(_ ports: String) -> [Diagnostic] {
            let rule = "{action: Deny, protocol: TCP, destination: {ports: [\(ports)]}}"
            return decode(calicoText("GlobalNetworkPolicy", spec: "{ingress: [\(rule)]}"))
                .diagnostics
        }
        let found = diagnostics("80-90")
        #expect(found.map(\.severity) == [.warning])
        #expect(found.first?.field == "spec.ingress[0].destination.ports[0]")
        #expect(found.first?.remedy == "write \"80:90\"")
        #expect(diagnostics("http-80, 9-a, web").isEmpty)
    }

    @Test func thereAreLimits() {
        let rules = Array(repeating: "{action: Deny}", count: 1025).joined(separator: ",")
        #expect(
            calicoProblems("NetworkPolicy", "{ingress: [\(rules)]}")
                == ["spec.ingress: has 1025 entries"])
        let nets = (0...256).map { "10.0.\($0 / 2).0/\(24 + $0 % 2)" }.joined(separator: ",")
        #expect(
            calicoProblems(
                "NetworkPolicy", "{ingress: [{action: Deny, source: {nets: [\(nets)]}}]}"
            )
            .contains("spec.ingress[0].source.nets: has 257 entries"))
        let ports = (1...51).map(String.init).joined(separator: ",")
        #expect(
            calicoProblems(
                "NetworkPolicy",
                "{ingress: [{action: Deny, protocol: TCP, source: {ports: [\(ports)]}}]}")
                == ["spec.ingress[0].source.ports: has 51 entries"])
    }

    private func cidr(_ text: String) throws -> CIDR { try #require(CIDR(text)) }
}
