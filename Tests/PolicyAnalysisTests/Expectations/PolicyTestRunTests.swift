// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyAnalysis
import PolicyDocuments
import Testing

/// Expectations that hold and that do not, exactly over ports and addresses.
struct PolicyTestRunTests {
    @Test func expectationsThatHold() throws {
        #expect(
            try failures(
                """
                  allow:
                  - {from: ingress/controller, to: web, port: [http, 443]}
                  - {from: 10.8.0.0/16, to: web, port: 9000-9100}
                  - {from: [web, ingress/controller], to: db}
                  - {from: web, to: world}
                  deny:
                  - {from: world, to: web, port: [1-8999/tcp, 9101-65535/tcp, udp, icmp]}
                  - {from: ingress/controller, to: web, port: [22, udp, icmp, 444-8079, 8081-8999]}
                  - {from: {namespace: shop, labels: {app: db}}, to: [web, ingress/*]}
                  - {from: {labels: {app: dns}}, to: {namespaceLabels: {kubernetes.io/metadata.name: shop}, labels: {app: web}}}
                  - {from: {cidr: 10.9.0.0/16}, to: web}
                  - {from: db, to: 192.0.2.1}
                """) == [])
    }

    @Test func aPortOutsideTheRuleFails() throws {
        #expect(
            try failures("  allow: {from: ingress/controller, to: web, port: [http, 80]}") == [
                "expected allow, got deny: ingress/controller -> shop/web, 80/tcp"
            ])
    }

    @Test func aRangeFailsExactlyWhereItDiffers() throws {
        #expect(
            try failures("  deny: {from: ingress/controller, to: web, port: 1-65535/tcp}") == [
                "expected deny, got allow: ingress/controller -> shop/web, 443/tcp, 8080/tcp"
            ])
    }

    @Test func withoutPortEveryPortIsMeant() throws {
        #expect(
            try failures("  allow: {from: ingress/controller, to: web}") == [
                "expected allow, got deny: ingress/controller -> shop/web, 0-442/tcp, 444-8079/tcp, "
                    + "8081-65535/tcp, every udp port, every sctp port, icmp and other protocols"
            ])
    }

    @Test("S23: a pod that is named on both sides reaches itself, whatever isolates it")
    func itself() throws {
        #expect(try failures("  allow: {from: db, to: db}") == [])
        #expect(try failures("  deny: {from: db, to: db, port: 80}").count == 1)
    }

    @Test("S16: an exception in a block is found, wherever it lies")
    func exceptions() throws {
        #expect(
            try failures("  allow: {from: 10.0.0.0/8, to: web, port: 9050}") == [
                "expected allow, got deny: 10.9.0.0 -> shop/web, 9050/tcp"
            ])
    }

    @Test func theWorldIsEveryAddressThatIsNoPods() throws {
        #expect(
            try failures("  deny: {from: world, to: web, port: 9050}") == [
                "expected deny, got allow: world (such as 10.0.0.0) -> shop/web, 9050/tcp"
            ])
        #expect(try failures("  deny: {from: world, to: db}").count == 1)
    }

    @Test("S27: a port's name is the receiver's, for each of its protocols")
    func namedPorts() throws {
        #expect(
            try failures("  deny: {from: web, to: ingress/dns, port: dns}") == [
                "expected deny, got allow: shop/web -> ingress/dns, 53/tcp, 53/udp"
            ])
        #expect(
            try failures("  deny: {from: web, to: ingress/dns, port: dns/udp}") == [
                "expected deny, got allow: shop/web -> ingress/dns, 53/udp"
            ])
    }

    @Test func aFailureSaysWhatDecidesAndWhere() throws {
        let denied = try #require(
            try run("  allow: {from: db, to: web, port: 443}").results.first?.failures.first)
        #expect(denied.origin.line == 10)
        #expect(
            denied.reasons == [
                "egress from shop/db: denied, because it is isolated by NetworkPolicy shop/db "
                    + "(web.yaml:14), and no rule allows it",
                "ingress to shop/web: denied, because it is isolated by NetworkPolicy shop/web "
                    + "(web.yaml:1), and no rule allows it",
            ])
        let allowed = try #require(
            try run("  deny: {from: ingress/controller, to: web, port: 443}").results.first?
                .failures
                .first)
        #expect(
            allowed.reasons == [
                "egress from ingress/controller: allowed, because no policy governs it",
                "ingress to shop/web: allowed by NetworkPolicy shop/web spec.ingress[0] (web.yaml:7)",
            ])
    }

    @Test(
        arguments: [
            (
                "{from: shop/wbe, to: web}",
                "there is no pod or workload shop/wbe; did you mean shop/web?"
            ),
            (
                "{from: web, to: {labels: {app: none}}}",
                "the selector \"*: app=none\" matches no pod"
            ),
            ("{from: world, to: 192.0.2.1}", "neither side is a pod"),
            ("{from: world, to: db, port: http}", "no receiver has a port of this name"),
            ("{from: db, to: fd00::1}", "the two sides have no addresses of one family"),
        ])
    func anExpectationAboutNobodyIsAnError(_ entry: String, _ message: String) throws {
        let problems = try problems("  allow: \(entry)")
        #expect(problems.count == 1)
        #expect(
            problems.allSatisfy { $0.hasPrefix("test.yaml:10 (document 1): \(message)") },
            "\(problems)")
    }

    @Test("S14, S19: pods that policies do not know cannot be named")
    func podsWithoutPolicies() throws {
        let manifests = """
            apiVersion: v1
            kind: Pod
            metadata: {name: agent, namespace: shop}
            spec: {hostNetwork: true}
            status: {podIP: 192.168.0.1}
            """
        let run = try run("  allow: {from: agent, to: web}", manifests: manifests)
        #expect(run.diagnostics.first?.message.contains("uses the host network") == true)
    }

    private static let nodes = """
        apiVersion: v1
        kind: Node
        metadata: {name: one}
        status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: two}
        status: {addresses: [{type: InternalIP, address: 192.168.0.2}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: closed}
        spec: {nodeName: one}
        status: {podIP: 10.0.9.9}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: all, namespace: closed}
        spec: {podSelector: {}, policyTypes: [Ingress, Egress]}

        """

    @Test("S22, S48: a pod and its own node reach each other; another node is like any address")
    func ownNode() throws {
        let holds = try run(
            """
              allow:
              - {from: closed/a, to: 192.168.0.1, port: 5000/udp}
              - {from: 192.168.0.1, to: closed/a, port: 80}
              deny:
              - {from: closed/a, to: 192.168.0.2, port: 80}
              - {from: 192.168.0.2, to: closed/a, port: 80}
            """, manifests: Self.nodes)
        #expect(holds.diagnostics == [])
        #expect(holds.results.map(\.pairCount) == [4])
        #expect(holds.results.flatMap(\.failures) == [])
        let fails = try run(
            "  deny: {from: 192.168.0.1, to: closed/a, port: 80}", manifests: Self.nodes)
        #expect(fails.results.flatMap(\.failures).count == 1)
    }

    @Test func whatHostEndpointsSayIsNotGuessed() throws {
        let host = """
            ---
            apiVersion: projectcalico.org/v3
            kind: HostEndpoint
            metadata: {name: uplink}
            spec: {node: one, interfaceName: eth0, expectedIPs: [192.168.0.1]}
            """
        let run = try run(
            "  allow: {from: closed/a, to: 192.168.0.1, port: 80}", manifests: Self.nodes + host)
        #expect(run.diagnostics.count == 1)
        #expect(run.diagnostics.first?.message.contains("host endpoint uplink") == true)
    }

    @Test func workloadsWithoutPodsCount() throws {
        let manifests =
            shopPolicies + """

                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: proxy, namespace: ingress}
                spec: {template: {metadata: {labels: {app: nginx}}}}
                """
        let run = try run(
            "  allow: {from: ingress/proxy, to: web, port: http}", manifests: manifests)
        #expect(run.diagnostics == [])
        let failed = run.results.flatMap(\.failures)
        #expect(failed == [])
    }
}
