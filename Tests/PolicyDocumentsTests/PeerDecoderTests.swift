// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

struct PeerDecoderTests {
    private let web = Selector.isOneOf(key: "app", values: ["web"])
    private let prod = Selector.isOneOf(key: "env", values: ["prod"])

    @Test("S8: a podSelector alone looks in the policy's own namespace")
    func ownNamespace() throws {
        #expect(
            try peer("{podSelector: {matchLabels: {app: web}}}")
                == .endpoints(EndpointSelector(namespaces: .named("shop"), labels: web)))
        #expect(
            try peer("{podSelector: {}, namespaceSelector: ~}")
                == .endpoints(EndpointSelector(namespaces: .named("shop"), labels: .everything)))
    }

    @Test("S8: an empty namespaceSelector is every namespace")
    func everyNamespace() throws {
        #expect(try peer("{namespaceSelector: {}}") == .endpoints(.everyPod))
        #expect(
            try peer("{namespaceSelector: {matchLabels: }, podSelector: {matchLabels: {app: web}}}")
                == .endpoints(EndpointSelector(namespaces: .any, labels: web)))
    }

    @Test("S7: both selectors in one entry must hold, two entries are alternatives")
    func bothSelectors() throws {
        #expect(
            try peer(
                """
                {namespaceSelector: {matchLabels: {env: prod}}, podSelector: {matchLabels: {app: web}}}
                """) == .endpoints(EndpointSelector(namespaces: .labelled(prod), labels: web)))
        let two = try policy(
            spec: """
                ingress:
                - from:
                  - namespaceSelector: {matchLabels: {env: prod}}
                  - podSelector: {matchLabels: {app: web}}
                """)
        #expect(
            two.ingress?.first?.peers
                == .only([
                    .endpoints(EndpointSelector(namespaces: .labelled(prod), labels: .everything)),
                    .endpoints(EndpointSelector(namespaces: .named("shop"), labels: web)),
                ]))
    }

    @Test("S11: the name label is selected as it is written")
    func nameLabel() throws {
        #expect(
            try peer("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: dev}}}")
                == .endpoints(
                    EndpointSelector(
                        namespaces: .labelled(
                            .isOneOf(key: Namespace.nameLabel, values: ["dev"])),
                        labels: .everything)))
    }

    @Test(
        "S16, S17: blocks of both families",
        arguments: [
            ("0.0.0.0/0", []), ("::/0", []), ("10.0.0.1/32", []), ("fd00::1/128", []),
            ("10.0.0.0/8", ["10.1.0.0/16", "10.1.2.0/24"]), ("fd00::/8", ["fd00:1::/32"]),
        ])
    func blocks(_ block: String, _ except: [String]) throws {
        let cidr = try #require(CIDR(block))
        #expect(
            try peer("{ipBlock: {cidr: '\(block)', except: \(except)}}")
                == .network(cidr, except: except.compactMap { CIDR($0) }))
    }

    @Test("S17: host bits are cleared, with a warning")
    func hostBits() throws {
        let decoded = decode(
            policyText(spec: completed("ingress: [{from: [{ipBlock: {cidr: 10.0.0.5/24}}]}]")))
        #expect(
            decoded.policies.first?.value.ingress?.first?.peers
                == .only([.network(try #require(CIDR("10.0.0.0/24")), except: [])]))
        #expect(decoded.diagnostics.map(\.severity) == [.warning])
        #expect(
            decoded.diagnostics.first?.remedy
                == "write 10.0.0.0/24, or 10.0.0.5/32 for the one address")
    }

    @Test(
        "S17, S65: a malformed block is an error",
        arguments: [
            "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0/8", "010.0.0.0/8", "10.0.0.0/08",
            "10.0.0.0/8 ", "::ffff:10.0.0.0/104", "fe80::1%eth0/64", "fd00::/129", "all()", "''",
            "/8", "10.0.0.0/8/8", "10.0.0.0/-1", "10.0.0.0/+8",
        ])
    func malformedBlocks(_ text: String) throws {
        let quoted = text == "''" ? "" : text
        #expect(
            try policyProblem(spec: "ingress: [{from: [{ipBlock: {cidr: \"\(quoted)\"}}]}]")
                == "spec.ingress[0].from[0].ipBlock.cidr: \"\(quoted)\" is not a CIDR block")
    }

    @Test(
        "S16: except must be a smaller block inside cidr",
        arguments: [
            "10.0.0.0/8", "10.0.0.0/7", "11.0.0.0/16", "fd00::/64",
        ])
    func exceptions(_ except: String) throws {
        let spec = "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: ['\(except)']}}]}]"
        #expect(
            try policyProblem(spec: spec).hasPrefix("spec.ingress[0].from[0].ipBlock.except[0]: "))
    }

    @Test(
        "S9: a peer that names nobody is an error",
        arguments: [
            ("{}", "names nobody"), ("{podSelector: }", "names nobody"),
            ("{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}", "has an ipBlock and a selector"),
            ("{ipBlock: {}}", "ipBlock.cidr: is missing"),
            ("{ipBlock: {except: []}}", "ipBlock.cidr: is missing"),
            ("{ipBlock: 10.0.0.0/8}", "is text, not a mapping"),
            ("{ipBlock: {cidr: 10}}", "is a number, not text"),
            ("{ipBlock: {cidr: 10.0.0.0/8, except: 10.1.0.0/16}}", "is text, not a list"),
            ("{namespaceSelector: prod}", "is text, not a mapping"),
        ])
    func wrongPeers(_ text: String, _ message: String) throws {
        let problem = try policyProblem(spec: "ingress: [{from: [\(text)]}]")
        #expect(problem.hasSuffix("\(message)"), "\(problem)")
    }

    @Test(arguments: [
        ("10.0.0.1", "write 10.0.0.1/32 for the one address"),
        ("fd00::1", "write fd00::1/128 for the one address"),
        ("::ffff:10.0.0.0/104", "write IPv4 blocks as IPv4"),
    ])
    func remedies(_ text: String, _ remedy: String) {
        let decoded = decode(
            policyText(spec: completed("ingress: [{from: [{ipBlock: {cidr: '\(text)'}}]}]")))
        #expect(decoded.diagnostics.map(\.remedy) == [remedy])
    }
}
