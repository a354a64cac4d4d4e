// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import PolicyDocuments

struct UnknownFieldsTests {
    @Test(
        "unknown fields of a policy are warnings at every level",
        arguments: [
            ("podselector: {}", "spec.podselector", "did you mean podSelector?"),
            ("policyType: [Egress]", "spec.policyType", "did you mean policyTypes?"),
            ("ingres: []", "spec.ingres", "did you mean ingress?"),
            ("flavour: x", "spec.flavour", nil),
            ("ingress: [{form: []}]", "spec.ingress[0].form", "did you mean from?"),
            ("ingress: [{to: []}]", "spec.ingress[0].to", "did you mean from?"),
            ("egress: [{from: []}]", "spec.egress[0].from", "did you mean to?"),
            ("ingress: [{port: []}]", "spec.ingress[0].port", "did you mean ports?"),
            ("ingress: [{from: [{podSelector: {}, x: 1}]}]", "spec.ingress[0].from[0].x", nil),
            (
                "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, excepts: []}}]}]",
                "spec.ingress[0].from[0].ipBlock.excepts", "did you mean except?"
            ),
            (
                "ingress: [{ports: [{port: 1, endport: 2}]}]", "spec.ingress[0].ports[0].endport",
                "did you mean endPort?"
            ),
            (
                "podSelector: {matchlabels: {a: b}}", "spec.podSelector.matchlabels",
                "did you mean matchLabels?"
            ),
            ("podSelector: {app: web}", "spec.podSelector.app", nil),
            (
                "podSelector: {matchExpressions: [{key: a, operator: Exists, value: x}]}",
                "spec.podSelector.matchExpressions[0].value", "did you mean values?"
            ),
        ] as [(String, String, String?)])
    func areWarnings(_ spec: String, _ field: String, _ remedy: String?) {
        let decoded = decode(policyText(spec: completed(spec)))
        #expect(decoded.diagnostics.map(\.severity) == [.warning])
        #expect(decoded.diagnostics.map(\.field) == [field])
        #expect(decoded.diagnostics.map(\.remedy) == [remedy])
        #expect(decoded.policies.count == 1)
    }

    @Test func theServersOwnFieldsAreKnown() {
        let decoded = decode(
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: a
              uid: x
              generation: 1
              resourceVersion: "1"
              creationTimestamp: null
              annotations: {a: b}
              ownerReferences: []
              finalizers: []
              managedFields: [{manager: kubectl, fieldsV1: {"f:spec": {}}}]
            spec: {podSelector: {}}
            status: {}
            """)
        #expect(decoded.diagnostics.isEmpty)
    }

    @Test func unknownFieldsOfTheObjectAndItsMetadata() {
        let decoded = decode(
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: a, lables: {}}
            spec: {podSelector: {}}
            specs: {}
            """)
        #expect(decoded.diagnostics.map(\.field) == ["specs", "metadata.lables"])
        #expect(
            decoded.diagnostics.map(\.remedy) == ["did you mean spec?", "did you mean labels?"])
    }

    @Test("where an unknown field is an error, the advice is not to leave out what narrows")
    func errorsNameTheFields() {
        let decoded = decode(
            """
            apiVersion: policy.networking.k8s.io/v1alpha1
            kind: AdminNetworkPolicy
            metadata: {name: a}
            spec:
              priority: 1
              subject: {namespaces: {}}
              ingress: [{action: Allow, from: [{namespaces: {sameLabels: [tenant]}}]}]
            """)
        #expect(decoded.diagnostics.map(\.severity) == [.error])
        #expect(
            decoded.diagnostics.map(\.field) == ["spec.ingress[0].from[0].namespaces.sameLabels"])
        #expect(
            decoded.diagnostics.map(\.remedy)
                == ["the fields here are: matchLabels, matchExpressions"])
    }

    @Test(arguments: [
        ("from", "form", 1), ("", "abc", 3), ("podSelector", "podSelector", 0), ("ab", "ba", 1),
        ("kitten", "sitting", 3),
    ])
    func distance(_ left: String, _ right: String, _ expected: Int) {
        #expect(NearMiss.distance(left, right) == expected)
    }
}
