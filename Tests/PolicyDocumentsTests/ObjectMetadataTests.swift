// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

struct ObjectMetadataTests {
    @Test(arguments: [
        ("Pod", "{name: Web}", "metadata.name: \"Web\" is not a valid name"),
        ("Pod", "{name: 1}", "metadata.name: is a number, not text"),
        ("Pod", "{}", "metadata.name: is missing"),
        ("Pod", "{name: ''}", "metadata.name: \"\" is not a valid name"),
        ("Pod", "{generateName: web-}", "metadata.name: is missing"),
        (
            "Pod", "{name: a, namespace: a.b}",
            "metadata.namespace: \"a.b\" is not a namespace's name"
        ),
        ("Pod", "{name: a, namespace: on}", "metadata.namespace: is a boolean, not text"),
        ("Pod", "{name: a, labels: {a: 1}}", "metadata.labels[a]: is a number, not text"),
        (
            "Pod", "{name: a, creationTimestamp: today}",
            "metadata.creationTimestamp: \"today\" is not a time"
        ),
        ("Namespace", "{name: a.b}", "metadata.name: \"a.b\" is not a valid name"),
        ("Node", "{name: a_b}", "metadata.name: \"a_b\" is not a valid name"),
    ])
    func refused(_ kind: String, _ metadata: String, _ problem: String) {
        let decoded = decode("apiVersion: v1\nkind: \(kind)\nmetadata: \(metadata)\n")
        #expect(decoded.diagnostics.map { "\($0.field ?? ""): \($0.message)" } == [problem])
        #expect(decoded.endpoints.isEmpty && decoded.namespaces.isEmpty && decoded.nodes.isEmpty)
    }

    @Test func anObjectWithoutANameIsNamedByWhatThereIs() {
        let decoded = decode(
            "apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-, namespace: shop}\n")
        #expect(decoded.diagnostics.map(\.object) == ["Pod shop/web-*"])
        #expect(
            decoded.diagnostics.first?.remedy
                == "only the server makes names up from generateName, a manifest states it")
    }

    @Test("S11: the name label of a namespace is not stored")
    func nameLabel() {
        let decoded = decode(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: a, labels: {kubernetes.io/metadata.name: a, team: red}}
            """)
        #expect(decoded.namespaces.map(\.value) == [Namespace(name: "a", labels: ["team": "red"])])
    }

    @Test func hostileNamesCannotDeceive() {
        let found = problems(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\\n\\e[31mOK \\u202Egnp\"}\n")
        #expect(found.count == 1)
        #expect(found.first?.contains(#"Pod default/"a\n\u{1b}[31mOK \u{202e}gnp""#) == true)
        #expect(found.first?.contains("\n") == false)
    }
}
