// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

struct ClusterPortDecoderTests {
    private func rules(_ kind: ClusterPolicyKind, _ entry: String) -> String {
        "ingress: [{action: Deny, from: [{namespaces: {}}], \(kind.portsName): [\(entry)]}]"
    }

    private func ports(_ kind: ClusterPolicyKind, _ entry: String) throws -> Ports? {
        try clusterPolicy(kind, rules: rules(kind, entry)).ingress?.first?.ports
    }

    @Test("numbers, ranges and names, of every protocol")
    func protocols() throws {
        let kind = ClusterPolicyKind.clusterNetworkPolicy
        for (word, transport) in [("tcp", IPProtocol.tcp), ("udp", .udp), ("sctp", .sctp)] {
            #expect(
                try ports(kind, "{\(word): {destinationPort: {number: 80}}}")
                    == .only([.numbers(transport, 80...80)]))
            #expect(
                try ports(kind, "{\(word): {destinationPort: {range: {start: 1, end: 65535}}}}")
                    == .only([.numbers(transport, 1...65535)]))
        }
        #expect(
            try ports(kind, "{destinationNamedPort: http}")
                == .only([.named(.tcp, "http"), .named(.udp, "http"), .named(.sctp, "http")]))
        #expect(
            try clusterPolicy(rules: "ingress: [{action: Deny, from: [{namespaces: {}}]}]")
                .ingress?.first?.ports == .all)
    }

    @Test("S60: ports as the predecessors write them, of TCP unless they say otherwise")
    func adminPorts() throws {
        for kind in [ClusterPolicyKind.adminNetworkPolicy, .baselineAdminNetworkPolicy] {
            #expect(
                try ports(kind, "{portNumber: {port: 80}}, {portNumber: {protocol: UDP, port: 53}}")
                    == .only([.numbers(.tcp, 80...80), .numbers(.udp, 53...53)]))
            #expect(
                try ports(kind, "{portRange: {protocol: SCTP, start: 1, end: 9}}")
                    == .only([.numbers(.sctp, 1...9)]))
            #expect(
                try ports(kind, "{namedPort: http}")
                    == .only([.named(.tcp, "http"), .named(.udp, "http"), .named(.sctp, "http")]))
        }
    }

    @Test(
        "what the API server refuses is refused",
        arguments: [
            ("{}", ": names no protocol"),
            ("{tcp: {}}", ".tcp.destinationPort: is missing"),
            ("{tcp: {destinationPort: {}}}", ".tcp.destinationPort: names no port"),
            (
                "{tcp: {destinationPort: {number: 0}}}",
                ".tcp.destinationPort.number: 0 is not a port number"
            ),
            (
                "{tcp: {destinationPort: {number: 65536}}}",
                ".tcp.destinationPort.number: 65536 is not a port number"
            ),
            (
                "{tcp: {destinationPort: {number: 1, range: {start: 1, end: 2}}}}",
                ".tcp.destinationPort: has number and range"
            ),
            (
                "{tcp: {destinationPort: {range: {start: 5, end: 5}}}}",
                ".tcp.destinationPort.range.end: 5 is not greater than start, 5"
            ),
            (
                "{tcp: {destinationPort: {range: {start: 5}}}}",
                ".tcp.destinationPort.range.end: is missing"
            ),
            (
                "{tcp: {destinationPort: {number: 1}}, udp: {destinationPort: {number: 1}}}",
                ": has tcp and udp"
            ),
            (
                "{destinationNamedPort: HTTP}",
                ".destinationNamedPort: \"HTTP\" is not a port's name"
            ),
        ])
    func wrongProtocols(entry: String, problem: String) throws {
        #expect(
            try clusterProblem(rules: rules(.clusterNetworkPolicy, entry))
                == "error: spec.ingress[0].protocols[0]\(problem)")
    }

    @Test(
        "S60: and of the predecessors as well",
        arguments: [
            ("{}", ": names no port"), ("{portNumber: {}}", ".portNumber.port: is missing"),
            (
                "{portNumber: {port: 1, protocol: tcp}}",
                ".portNumber.protocol: \"tcp\" is not a protocol"
            ),
            ("{portRange: {start: 2, end: 1}}", ".portRange.end: 1 is not greater than start, 2"),
            ("{namedPort: a, portNumber: {port: 1}}", ": has portNumber and namedPort"),
        ])
    func wrongAdminPorts(entry: String, problem: String) throws {
        #expect(
            try clusterProblem(.adminNetworkPolicy, rules: rules(.adminNetworkPolicy, entry))
                == "error: spec.ingress[0].ports[0]\(problem)")
    }

    @Test(
        "peers without named ports are not combined with a name",
        arguments: ["nodes: {}", "networks: [10.0.0.0/8]"])
    func namesOfOutsiders(peer: String) throws {
        let rules = """
            egress: [{action: Accept, to: [{namespaces: {}}, {\(peer)}], \
            protocols: [{destinationNamedPort: http}]}]
            """
        #expect(
            try clusterProblem(rules: rules)
                == "error: spec.egress[0].to[1]: is a peer without named ports, and the rule names "
                + "one")
    }
}
