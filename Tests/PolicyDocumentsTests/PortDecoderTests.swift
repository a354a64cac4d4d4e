// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

struct PortDecoderTests {
    @Test(
        "S26, S30, S31, S33: every shape of a port",
        arguments: [
            ("{}", .every(.tcp)), ("{protocol: UDP}", .every(.udp)),
            ("{protocol: SCTP}", .every(.sctp)),
            ("{protocol: , port: }", .every(.tcp)), ("{port: 80}", .numbers(.tcp, 80...80)),
            ("{port: 80, protocol: UDP}", .numbers(.udp, 80...80)),
            ("{port: 80, endPort: 90}", .numbers(.tcp, 80...90)),
            ("{port: 80, endPort: 80}", .numbers(.tcp, 80...80)),
            ("{port: 1, endPort: 65535}", .numbers(.tcp, 1...65535)),
            ("{port: http}", .named(.tcp, "http")), ("{port: '8x'}", .named(.tcp, "8x")),
            ("{port: 80.0}", .numbers(.tcp, 80...80)),
        ] as [(String, PortMatch)])
    func shapes(_ text: String, _ expected: PortMatch) throws {
        #expect(try ports("[\(text)]") == .only([expected]))
    }

    @Test(
        "S26, S30, S73: what the API server refuses",
        arguments: [
            ("{port: 0}", "port: 0 is not a port number"),
            ("{port: 65536}", "port: 65536 is not a port number"),
            ("{port: -1}", "port: -1 is not a port number"),
            ("{port: 80.5}", "port: is not a whole number"),
            ("{port: 99999999999999999999}", "port: is too large a number"),
            ("{port: yes}", "port: is a boolean, not a number"),
            ("{port: [80]}", "port: is a list, not a number"),
            ("{port: '80'}", "port: \"80\" is not a port's name"),
            ("{port: Http}", "port: \"Http\" is not a port's name"),
            ("{port: -http}", "port: \"-http\" is not a port's name"),
            ("{port: a--b}", "port: \"a--b\" is not a port's name"),
            ("{port: abcdefghijklmnop}", "port: \"abcdefghijklmnop\" is not a port's name"),
            ("{port: ''}", "port: \"\" is not a port's name"),
            ("{port: '1:30'}", "port: \"1:30\" is not a port's name"),
            ("{port: 90, endPort: 80}", "endPort: 80 is less than port, 90"),
            ("{port: http, endPort: 80}", "endPort: stands beside a port that is a name"),
            ("{endPort: 80}", "endPort: stands without port"),
            ("{port: 80, endPort: '90'}", "endPort: is text, not a number"),
            ("{port: 80, endPort: 65536}", "endPort: 65536 is not a port number"),
            ("{protocol: tcp}", "protocol: \"tcp\" is not a protocol"),
            ("{protocol: ICMP}", "protocol: \"ICMP\" is not a protocol"),
            ("{protocol: ''}", "protocol: \"\" is not a protocol"),
            ("{protocol: 6}", "protocol: is a number, not text"),
        ])
    func refused(_ text: String, _ problem: String) throws {
        #expect(
            try policyProblem(spec: "ingress: [{ports: [\(text)]}]")
                == "spec.ingress[0].ports[0].\(problem)")
    }

    @Test(
        "S73: numbers that YAML 1.1 reads otherwise than they look are pointed out",
        arguments: [
            ("0120", 80), ("0x50", 80), ("0o120", 80), ("8_0", 80), ("080", 80), ("1e2", 100),
            ("+80", 80),
        ] as [(String, UInt16)])
    func oddNumbers(_ text: String, _ number: UInt16) {
        let decoded = decode(
            policyText(spec: "podSelector: {}\ningress: [{ports: [{port: \(text)}]}]"))
        #expect(
            decoded.policies.first?.value.ingress?.first?.ports
                == .only([.numbers(.tcp, number...number)]))
        #expect(decoded.diagnostics.map(\.message) == ["\(text) is read as \(number)"])
        #expect(decoded.diagnostics.map(\.severity) == [.warning])
    }

    @Test(arguments: [
        ("\"80\"", "write a number without quotes: 80"),
        ("8000-8080", "write a range as port and endPort"),
    ])
    func remedies(_ text: String, _ remedy: String) {
        let decoded = decode(
            policyText(spec: "podSelector: {}\ningress: [{ports: [{port: \(text)}]}]"))
        #expect(decoded.diagnostics.map(\.remedy) == [remedy])
    }
}
