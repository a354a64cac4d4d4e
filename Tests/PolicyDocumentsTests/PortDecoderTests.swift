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
            ("{port: 80.0}", .numbers(.tcp, 80...80)), ("{port: 0x50}", .numbers(.tcp, 80...80)),
            ("{port: 010}", .numbers(.tcp, 8...8)), ("{port: 8_0}", .numbers(.tcp, 80...80)),
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
            ("{port: 99999999999999999999}", "port: is not a whole number"),
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
}
