// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyAnalysis
import Testing

@Suite("Expectations about network sets and services") struct NamedAddressTests {
    private let objects = """
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkSet
        metadata: {name: office}
        spec: {nets: [10.1.0.0/16, 10.9.0.0/24]}
        ---
        apiVersion: projectcalico.org/v3
        kind: NetworkSet
        metadata: {name: lab, namespace: shop}
        spec: {nets: [10.2.0.0/16]}
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
        addressType: IPv4
        endpoints: [{addresses: [172.16.0.9]}]
        ports: [{port: 5432}]

        """

    private func messages(_ side: String, _ verdict: String) throws -> String {
        let run = try run(
            "  \(verdict):\n  - {from: \(side), to: web, port: 9000}",
            manifests: shopPolicies + "\n---\n" + objects)
        return
            (run.results.flatMap(\.failures).map(\.description)
            + run.diagnostics.map(\.description)).joined(separator: "\n")
    }

    @Test func everyAddressOfASetCounts() throws {
        #expect(try messages("shop/networkset/lab", "allow") == "")
        #expect(
            try messages("globalnetworkset/office", "allow")
                == "expected allow, got deny: 10.9.0.0 -> shop/web, 9000/tcp")
        #expect(try messages("shop/service/db", "deny") == "")
    }

    @Test func whatIsMissingIsAnError() throws {
        #expect(try messages("shop/networkset/l", "allow").contains("no NetworkSet shop/l"))
        #expect(try messages("shop/service/x", "allow").contains("no Service shop/x"))
    }
}
