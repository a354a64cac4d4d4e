// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyAnalysis
import PolicyDocuments
import Testing

/// The shop's policy, which the tests of expectations are about: the controller reaches `web` at its
/// port http and at 443, and 10.0.0.0/8 but for 10.9.0.0/16 reaches it at 9000 to 9100. The pod
/// `db` may not send anything.
let shopPolicies = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web, namespace: shop}
    spec:
      podSelector: {matchLabels: {app: web}}
      ingress:
      - from:
        - namespaceSelector: {matchLabels: {purpose: ingress}}
          podSelector: {matchLabels: {app: nginx}}
        ports: [{port: http}, {port: 443}]
      - from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.9.0.0/16]}}]
        ports: [{port: 9000, endPort: 9100}]
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: db, namespace: shop}
    spec:
      podSelector: {matchLabels: {app: db}}
      policyTypes: [Egress]
    """

/// The pods beside ``shopPolicies``, as a test file has them.
let shopPods = """
    namespace: shop
    namespaces: [{name: ingress, labels: {purpose: ingress}}]
    pods:
    - {name: web, labels: {app: web}, ports: {http: 8080, metrics: 9100}}
    - {name: db, labels: {app: db}, address: 172.16.0.9}
    - {name: ingress/controller, labels: {app: nginx}}
    - {name: ingress/dns, labels: {app: dns}, ports: {dns: [53/udp, 53/tcp]}}

    """

/// Runs one test with the given `allow` or `deny`, whose lines begin at line 10.
func run(_ expectations: String, manifests: String = shopPolicies) throws -> PolicyTestRun {
    let text = shopPods + "tests:\n- name: test\n" + expectations
    let file = PolicyTestFile(Source(name: "test.yaml", text: text))
    #expect(file.diagnostics == [])
    var decoder = DocumentDecoder(readsWorkloads: true)
    decoder.keepsLayouts = true
    var documents = decoder.decode([Source(name: "web.yaml", text: manifests)])
    let suite = try #require(file.suites.first)
    documents.append(suite.objects)
    return PolicyTestRun(suite, documents)
}

/// What fails, a line for each failure.
func failures(_ expectations: String) throws -> [String] {
    let run = try run(expectations)
    #expect(run.diagnostics == [])
    return run.results.flatMap(\.failures).map(\.description)
}

/// Why the expectations cannot be tested.
func problems(_ expectations: String) throws -> [String] {
    try run(expectations).diagnostics.map(\.description)
}
