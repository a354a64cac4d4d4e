// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

struct NetworkPolicyDecoderTests {
    private let everyPod = EndpointSelector(namespaces: .named("shop"), labels: .everything)

    @Test(
        "S1, S5: an empty or missing spec selects every pod and denies ingress",
        arguments: [
            "", "spec:", "spec: ~", "spec: {}", "spec: {podSelector: {}}", "spec: {podSelector: }",
            "spec: {podSelector: {matchLabels: {}, matchExpressions: []}, ingress: []}",
        ])
    func emptySpec(_ spec: String) throws {
        let decoded = decode(
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: front, namespace: shop}
            \(spec)
            """)
        let isWritten = spec.contains("{podSelector: {")
        #expect(decoded.diagnostics.map(\.severity) == (isWritten ? [] : [.warning]))
        #expect(
            decoded.policies.map(\.value) == [
                Policy(
                    id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: "front"),
                    tier: "default", order: 1000, subject: everyPod, ingress: [], egress: nil)
            ])
    }

    @Test(
        "S3: the directions that a policy governs",
        arguments: [
            ("ingress: [{}]", 1, nil), ("egress: [{}]", 0, 1), ("egress: []", 0, nil),
            ("egress: ~", 0, nil), ("policyTypes: []\negress: [{}]", 0, 1),
            ("policyTypes: [Ingress]\negress: [{}]", 0, nil), ("policyTypes: [Egress]", nil, 0),
            ("policyTypes: [Egress]\ningress: [{}]", nil, 0),
            ("policyTypes: [Ingress, Egress]", 0, 0), ("policyTypes: [Ingress, Ingress]", 0, nil),
            ("policyTypes: [Ingress]\ningress: ~", 0, nil),
        ] as [(String, Int?, Int?)])
    func directions(_ spec: String, _ ingress: Int?, _ egress: Int?) throws {
        let policy = try policy(spec: spec)
        #expect(policy.ingress?.count == ingress)
        #expect(policy.egress?.count == egress)
    }

    @Test(
        "S5, S6: missing, null and empty lists of peers and ports mean everything",
        arguments: [
            "{}", "{from: , ports: }", "{from: [], ports: []}", "{from: ~}", "{ports: null}",
        ])
    func emptyRules(_ rule: String) throws {
        #expect(try policy(spec: "ingress: [\(rule)]").ingress == [Rule(.allow)])
        let egress = rule.replacing("from", with: "to")
        #expect(
            try policy(spec: "policyTypes: [Egress]\negress: [\(egress)]").egress == [Rule(.allow)])
    }

    @Test func aWholePolicy() throws {
        let policy = try policy(
            spec: """
                podSelector:
                  matchLabels: {app: web}
                ingress:
                - from:
                  - podSelector: {matchLabels: {app: front}}
                  ports:
                  - port: 80
                egress:
                - to:
                  - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
                """)
        let block = try #require(CIDR("10.0.0.0/8"))
        let hole = try #require(CIDR("10.1.0.0/16"))
        let front = EndpointSelector(
            namespaces: .named("shop"), labels: .isOneOf(key: "app", values: ["front"]))
        #expect(policy.subject.labels == .isOneOf(key: "app", values: ["web"]))
        #expect(
            policy.ingress == [
                Rule(
                    .allow, peers: .only([.endpoints(front)]),
                    ports: .only([.numbers(.tcp, 80...80)]))
            ])
        #expect(
            policy.egress == [Rule(.allow, peers: .only([.network(block, except: [hole])]))])
    }

    @Test(arguments: [
        ("policyTypes: [ingress]", "spec.policyTypes[0]: \"ingress\" is not a policy type"),
        ("policyTypes: [Ingress, Egress, Egress]", "spec.policyTypes: has more than two entries"),
        ("policyTypes: Ingress", "spec.policyTypes: is text, not a list"),
        ("policyTypes: [1]", "spec.policyTypes[0]: is a number, not text"),
        ("ingress: {}", "spec.ingress: is a mapping, not a list"),
        ("ingress:\n-", "spec.ingress[0]: is empty"),
        ("ingress: [a]", "spec.ingress[0]: is text, not a mapping"),
        ("ingress: [{from: {}}]", "spec.ingress[0].from: is a mapping, not a list"),
        ("ingress: [{from: [~]}]", "spec.ingress[0].from[0]: is empty"),
        ("podSelector: web", "spec.podSelector: is text, not a mapping"),
        (
            "policyTypes: [Egress]\ningress: [{ports: [{port: 0}]}]",
            "spec.ingress[0].ports[0].port: 0 is not a port number"
        ),
    ])
    func wrongValuesAreErrors(_ spec: String, _ problem: String) throws {
        #expect(try policyProblem(spec: spec) == problem)
        #expect(decode(policyText(spec: spec)).policies.isEmpty)
    }

    @Test func allErrorsOfAPolicyAreReported() {
        let found = problems(
            policyText(
                spec: """
                        podSelector:
                          matchLabels: {app: yes}
                        ingress:
                        - from:
                          - ipBlock:
                              cidr: 10.0.0.0/33
                          ports:
                          - protocol: tcp
                    """))
        let place = "(document 1): NetworkPolicy shop/front: spec"
        #expect(
            found == [
                "test.yaml:12 \(place).ingress[0].from[0].ipBlock.cidr: \"10.0.0.0/33\" is not a "
                    + "CIDR block; write an address, a slash and a prefix length, such as "
                    + "10.0.0.0/24",
                "test.yaml:14 \(place).ingress[0].ports[0].protocol: \"tcp\" is not a protocol; "
                    + "write TCP",
                "test.yaml:8 \(place).podSelector.matchLabels[app]: is a boolean, not text; "
                    + "write it in quotes: \"yes\"",
            ])
    }
}
