// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

struct DocumentDecoderTests {
    @Test func documentsAreCountedAndEmptyOnesPassedOver() {
        let decoded = decode(
            """
            # cluster
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---
            # nothing
            ---
            apiVersion: v1
            kind: Node
            metadata: {name: worker}
            ---
            """)
        #expect(decoded.diagnostics.isEmpty)
        #expect(decoded.namespaces.map(\.value) == [Namespace(name: "shop")])
        #expect(
            decoded.nodes.first?.origin
                == Origin(source: "test.yaml", document: 3, line: 9, column: 1))
    }

    @Test(arguments: [
        ("v1", "ConfigMap"), ("apps/v1", "Deployment"), ("v1", "ConfigMapList"), ("v1", "Role"),
        ("example.com/v1", "Node"), ("metrics.k8s.io/v1", "Pod"),
        ("networking.k8s.io/v1", "Ingress"),
        ("example.com/v1", "AllowList"),
    ])
    func otherKindsArePassedOverWithoutNoise(_ version: String, _ kind: String) {
        let decoded = decode("apiVersion: \(version)\nkind: \(kind)\nspec: [1]\n")
        #expect(decoded == DecodedDocuments())
    }

    @Test(
        "nothing that looks like a policy fails open",
        arguments: [
            ("networking.k8s.io/v2", "NetworkPolicy", "apiVersion"),
            ("networking/v1", "NetworkPolicy", "apiVersion"), ("v1", "NetworkPolicy", "apiVersion"),
            ("extensions/v1", "NetworkPolicy", "apiVersion"),
            ("networking.k8s.io/v1", "Networkpolicy", "kind"),
            ("networking.k8s.io/v1", "NetworkPolicys", "kind"),
            ("networking.k8s.io/v1", "networkpolicylist", "kind"),
            ("v2", "Pod", "apiVersion"), ("core/v1", "Pod", "apiVersion"), ("v1", "pod", "kind"),
            ("v1", "namespace", "kind"),
        ])
    func nearlyOurKindsAreErrors(_ version: String, _ kind: String, _ field: String) {
        let decoded = decode("apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: a}\n")
        #expect(decoded.hasErrors)
        #expect(decoded.diagnostics.map(\.field) == [field])
        #expect(decoded.policies.isEmpty && decoded.endpoints.isEmpty)
    }

    @Test(arguments: [
        ("kind: Pod", "is missing"), ("apiVersion: v1", "is missing"),
        ("apiVersion: v1\nkind: yes", "is a boolean, not text"),
        ("apiVersion: 1\nkind: Pod", "is a number, not text"), ("- a", "is text, not a mapping"),
        ("- [a]", "is a list, not a mapping"), ("-", "is empty"),
        ("text", "is text, not a mapping"), ("{}", "is missing"),
        ("apiVersion: v1\nkind: Pod", "is missing"),
        ("apiVersion: v1\nkind: Pod\nmetadata: []", "is a list, not a mapping"),
    ])
    func documentsThatAreNoObjectsAreErrors(_ text: String, _ message: String) {
        #expect(decode(text).diagnostics.map(\.message) == [message])
    }

    @Test func listsAreTakenApart() {
        let decoded = decode(
            """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Namespace, metadata: {name: a}}
            - {apiVersion: v1, kind: ConfigMap}
            - apiVersion: networking.k8s.io/v1
              kind: NetworkPolicyList
              items:
              - {metadata: {name: p, namespace: a}, spec: {podSelector: {}}}
              - apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: q}
                spec: {podSelector: {}}
            - {metadata: {name: lost}}
            """)
        #expect(decoded.namespaces.count == 1)
        #expect(decoded.policies.map(\.value.id.description) == ["a/p", "default/q"])
        #expect(decoded.policies.map(\.origin.line) == [9, 10])
        #expect(decoded.diagnostics.map(\.message) == ["is missing"])
    }

    @Test(
        "a list without a head, as calicoctl reads and writes it, is taken apart",
        arguments: ["objects.yaml", "objects.json"])
    func listsWithoutAHeadAreTakenApart(_ name: String) {
        let yaml = """
            - apiVersion: projectcalico.org/v3
              kind: GlobalNetworkPolicy
              metadata: {name: first}
              spec: {ingress: [{action: Deny}]}
            - apiVersion: projectcalico.org/v3
              kind: GlobalNetworkPolicy
              metadata: {name: second}
              spec: {ingress: [{action: Permit}]}
            - {apiVersion: v1, kind: Namespace, metadata: {name: a}}
            """
        let json = """
            [{"apiVersion": "projectcalico.org/v3", "kind": "GlobalNetworkPolicy",
              "metadata": {"name": "first"}, "spec": {"ingress": [{"action": "Deny"}]}},

             {"apiVersion": "projectcalico.org/v3", "kind": "GlobalNetworkPolicy",
              "metadata": {"name": "second"},
              "spec": {"ingress": [{"action": "Permit"}]}},
             {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}]
            """
        let decoded = decode(name.hasSuffix(".json") ? json : yaml, name: name)
        #expect(decoded.policies.map(\.value.id.name) == ["first"])
        #expect(decoded.policies.map(\.origin.line) == [1])
        #expect(decoded.namespaces.map(\.value.name) == ["a"])
        #expect(decoded.diagnostics.map(\.object) == ["GlobalNetworkPolicy second"])
        #expect(decoded.diagnostics.map(\.field) == ["spec.ingress[0].action"])
        #expect(decode("[]", name: name).diagnostics.isEmpty)
    }

    @Test("a list whose items have another name is an error, and not empty")
    func listsWithMisspeltItems() {
        for (type, name) in [
            ("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicyList", "Items"),
            ("apiVersion: v1\nkind: List", "item"),
        ] {
            let found = decode("\(type)\n\(name): []\n")
            #expect(found.diagnostics.map(\.severity) == [.error])
            #expect(found.diagnostics.map(\.field) == [name])
            #expect(found.diagnostics.map(\.remedy) == ["did you mean items?"])
        }
    }

    @Test(arguments: ["", "items:", "items: []"])
    func emptyListsAreFine(_ items: String) {
        #expect(decode("apiVersion: v1\nkind: PodList\n\(items)\n") == DecodedDocuments())
    }

    @Test func typedListsLendTheirType() {
        let decoded = decode(
            """
            {"apiVersion": "v1", "kind": "PodList", "items": [
              {"metadata": {"name": "a", "namespace": "x"}}, {"metadata": {"name": "B"}}]}
            """, name: "pods.json")
        #expect(decoded.endpoints.map(\.value.id.name) == ["a"])
        #expect(
            decoded.diagnostics.map(\.description) == [
                "pods.json:2 (document 1): Pod default/B: metadata.name: \"B\" is not a valid "
                    + "name; \(NameSyntax.subdomainRule)"
            ])
    }

    @Test func yamlAndJSONMeanTheSame() {
        let yaml = decode(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: web}}\n")
        let json = decode(
            #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"app":"web"}}}"#)
        #expect(yaml.endpoints.map(\.value) == json.endpoints.map(\.value))
        #expect(json.endpoints.count == 1)
    }

    @Test func flowStyleYAMLIsNotTakenForJSON() {
        let decoded = decode("{apiVersion: v1, kind: Namespace, metadata: {name: a}}\n---\n")
        #expect(decoded.diagnostics.isEmpty && decoded.namespaces.count == 1)
        let mixed = decode(
            #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}"# + "\n---\n"
                + "apiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n")
        #expect(mixed.namespaces.count == 2)
    }

    @Test func allProblemsOfARunAreCollected() {
        let sources = [
            Source(name: "a.yaml", text: "a: [\n---\nkind: Pod\n---\n{}\n"),
            Source(name: "b.json", text: "{\"a\": 1,}"),
        ]
        let places = DocumentDecoder().decode(sources).diagnostics.map(\.origin.description)
        #expect(
            places == [
                "a.yaml:2 (document 1)", "a.yaml:3 (document 2)", "a.yaml:5 (document 3)",
                "b.json:1 (document 1)",
            ])
    }

    @Test func theOldVersionIsAcceptedWithAWarning() {
        let decoded = decode(
            """
            apiVersion: extensions/v1beta1
            kind: NetworkPolicy
            metadata: {name: deny}
            spec: {podSelector: {}, policyTypes: [Ingress]}
            """, defaultNamespace: "dev")
        #expect(decoded.policies.map(\.value.id.description) == ["dev/deny"])
        #expect(
            decoded.diagnostics.map(\.description) == [
                "test.yaml:1 (document 1): warning: NetworkPolicy dev/deny: apiVersion: "
                    + "extensions/v1beta1 is deprecated, and not served since Kubernetes 1.16; "
                    + "write networking.k8s.io/v1, the fields are the same"
            ])
    }

    @Test(arguments: ["", "\n", "# nothing\n", "---\n---\n# nothing\n", "~", "\u{FEFF}"])
    func aSourceWithoutObjectsIsPointedOut(_ text: String) {
        let found = decode(text).diagnostics
        #expect(found.map(\.message) == ["the source holds no objects"])
        #expect(found.map(\.severity) == [.warning])
    }
}
