// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

/// Test files as authors write them, and their mistakes.
struct PolicyTestFileTests {
    private func problems(_ text: String) -> [String] {
        PolicyTestFile(Source(name: "test.yaml", text: text)).diagnostics.map(\.description)
    }

    private func expectation(_ entry: String) throws -> TrafficExpectation {
        let file = PolicyTestFile(
            Source(name: "test.yaml", text: "tests: [{name: t, allow: [\(entry)]}]"))
        #expect(file.diagnostics == [])
        return try #require(file.suites.first?.tests.first?.expectations.first)
    }

    @Test func aWholeFile() throws {
        let file = PolicyTestFile(
            Source(
                name: "test.yaml",
                text: """
                    manifests: [../policies, cluster.yaml]
                    namespace: shop
                    namespaces: [{name: ingress, labels: {purpose: ingress}}]
                    pods: [{name: web, labels: {app: web}, ports: {http: 8080}, address: 10.0.0.1}]
                    objects:
                    - apiVersion: v1
                      kind: Pod
                      metadata: {name: db}
                    tests:
                    - name: first
                      allow: {from: web, to: db}
                      deny:
                      - {from: world, to: web}
                    """))
        #expect(file.diagnostics == [])
        let suite = try #require(file.suites.first)
        #expect(suite.manifests.map(\.value) == ["../policies", "cluster.yaml"])
        #expect(suite.objects.namespaces.map(\.value.labels) == [["purpose": "ingress"]])
        #expect(suite.objects.endpoints.map(\.value.id.description) == ["shop/web", "shop/db"])
        let web = suite.objects.endpoints[0].value
        #expect(web.namedPorts == [NamedPort(name: "http", transport: .tcp, number: 8080)])
        #expect(web.addresses == [IPAddress("10.0.0.1")!])
        #expect(suite.tests.map(\.name) == ["first"])
        #expect(suite.tests[0].expectations.map(\.verdict) == [.allow, .deny])
        #expect(suite.tests[0].expectations.map(\.origin.line) == [11, 13])
        #expect(suite.tests[0].expectations[0].senders.map(\.value) == [.named("shop/web")])
    }

    @Test(arguments: [
        ("80", TrafficPorts.numbers(.tcp, 80...80)), ("80/udp", .numbers(.udp, 80...80)),
        ("8000-8100/sctp", .numbers(.sctp, 8000...8100)), ("1-9", .numbers(.tcp, 1...9)),
        ("http", .named("http", nil)), ("dns/UDP", .named("dns", .udp)), ("tcp", .every(.tcp)),
        ("icmp", .icmp), ("any", .any),
    ])
    func ports(_ text: String, _ ports: TrafficPorts) throws {
        #expect(
            try self.expectation("{from: world, to: a/b, port: \(text)}").ports.map(\.value) == [
                ports
            ])
    }

    @Test func withoutPortEverythingIsMeant() throws {
        #expect(try expectation("{from: world, to: a/b}").ports.map(\.value) == [.any])
    }

    @Test(arguments: [
        ("world", TrafficSide.world), ("shop/web", .named("shop/web")),
        ("web", .named("default/web")), ("shop/deployment/web", .named("shop/deployment/web")),
        ("10.0.0.1", .network(CIDR("10.0.0.1/32")!, except: [])),
        ("'fd00::/8'", .network(CIDR("fd00::/8")!, except: [])),
        (
            "{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}",
            .network(CIDR("10.0.0.0/8")!, except: [CIDR("10.1.0.0/16")!])
        ),
        ("shop/*", .pods(EndpointSelector(namespaces: .named("shop"), labels: .everything))),
        (
            "{labels: {app: web}}",
            .pods(
                EndpointSelector(
                    namespaces: .any, labels: .isOneOf(key: "app", values: ["web"])))
        ),
        (
            "{namespaceLabels: {team: a}}",
            .pods(
                EndpointSelector(
                    namespaces: .labelled(.isOneOf(key: "team", values: ["a"])),
                    labels: .everything))
        ),
        (
            "{namespace: shop, namespaceLabels: {team: a}}",
            .pods(
                EndpointSelector(
                    namespaces: .labelled(
                        .all([
                            .isOneOf(key: "kubernetes.io/metadata.name", values: ["shop"]),
                            .isOneOf(key: "team", values: ["a"]),
                        ])), labels: .everything))
        ),
    ])
    func sides(_ text: String, _ side: TrafficSide) throws {
        #expect(try expectation("{from: \(text), to: a/b}").senders.map(\.value) == [side])
    }

    @Test(arguments: [
        (
            "manifest: [a]\ntests: [{name: t, allow: {from: world, to: a/b}}]",
            "test.yaml:1 (document 1): manifest: is an unknown field; did you mean manifests?"
        ),
        (
            "tests:\n- name: t\n  alow: []",
            "test.yaml:3 (document 1): tests[0].alow: is an unknown field; did you mean allow?"
        ),
        (
            "tests:\n- name: t",
            "test.yaml:2 (document 1): tests[0]: expects nothing; write allow or deny with entries "
                + "such as {from: world, to: shop/web}"
        ),
        (
            "manifests: [a]",
            "test.yaml:1 (document 1): tests: is missing; write at least one test"
        ),
        ("tests: []", "test.yaml:1 (document 1): tests: is missing; write at least one test"),
        ("", "test.yaml:1 (document 1): tests: is missing; write at least one test"),
        (
            "tests:\n- allow: {from: world, to: a/b}",
            "test.yaml:2 (document 1): tests[0].name: is missing; say what is tested"
        ),
        (
            "tests:\n- name: t\n  deny:\n  - {from: world, to: a/b, ports: 80}",
            "test.yaml:4 (document 1): tests[0].deny[0].ports: is an unknown field; did you mean port?"
        ),
        (
            "tests:\n- name: t\n  deny:\n  - {from: world}",
            "test.yaml:4 (document 1): tests[0].deny[0].to: is missing; write a pod as namespace/name, "
                + "a selector, an address or world"
        ),
        (
            "tests:\n- name: t\n  deny:\n  - {from: world, to: a/b, port: 9-1}",
            "test.yaml:4 (document 1): tests[0].deny[0].port: \"9-1\" is not a port; write 80, 80/tcp, "
                + "8000-8100/udp, a port's name, tcp, icmp or any"
        ),
        (
            "tests:\n- name: t\n  deny:\n  - {from: world, to: a/b, port: []}",
            "test.yaml:4 (document 1): tests[0].deny[0].port: is empty; leave it out to mean every port"
        ),
        (
            "tests:\n- name: t\n  deny: {from: {}, to: a/b}",
            "test.yaml:3 (document 1): tests[0].deny.from: selects nobody in particular; write "
                + "namespace, namespaceLabels, labels or cidr"
        ),
        (
            "pods: [{label: {a: b}, name: x}]\ntests: [{name: t, allow: {from: world, to: x}}]",
            "test.yaml:1 (document 1): pods[0].label: is an unknown field; did you mean labels?"
        ),
    ])
    func mistakes(_ text: String, _ problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test func everyDocumentIsASuite() {
        let document = "tests: [{name: t, allow: {from: world, to: a/b}}]\n"
        let file = PolicyTestFile(Source(name: "test.yaml", text: document + "---\n" + document))
        #expect(file.suites.count == 2)
    }
}
