// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

struct SelectorDecoderTests {
    private func selector(_ text: String) throws -> Selector {
        try policy(spec: "podSelector: \(text)").subject.labels
    }

    @Test(
        "S10: all operators, in canonical form",
        arguments: [
            ("{}", "all"), ("{matchLabels: {b: x, a: ''}}", "a=,b=x"),
            ("{matchExpressions: [{key: a, operator: In, values: [z, x, z]}]}", "a in (x,z)"),
            ("{matchExpressions: [{key: a, operator: NotIn, values: [x]}]}", "a!=x"),
            ("{matchExpressions: [{key: a, operator: Exists}]}", "a"),
            ("{matchExpressions: [{key: a, operator: DoesNotExist, values: []}]}", "!a"),
            (
                """
                {matchExpressions: [{key: z, operator: Exists}, {key: b, operator: In, values: [x]}],
                  matchLabels: {c: d, b: x}}
                """, "b=x,c=d,z"
            ),
        ])
    func canonicalForm(_ text: String, _ expected: String) throws {
        #expect(try selector(text).description == expected)
    }

    @Test func orderAndRepetitionDoNotMatter() throws {
        let one = try selector(
            """
            {matchExpressions: [{key: b, operator: Exists}, {key: a, operator: NotIn, values: [u, v]},
              {key: b, operator: Exists}]}
            """)
        let other = try selector(
            """
            {matchExpressions: [{key: a, operator: NotIn, values: [v, u, v]},
              {key: b, operator: Exists}]}
            """)
        #expect(one == other)
        #expect(one == .all([.not(.isOneOf(key: "a", values: ["u", "v"])), .has("b")]))
    }

    @Test(
        "S65: a value is just a value",
        arguments: [
            "\"all()\"", "a b", "-a", "a-", "\"é\"", "a/b", String(repeating: "a", count: 64),
        ])
    func malformedValues(_ value: String) throws {
        let plain = value.replacing("\"", with: "")
        #expect(
            try policyProblem(spec: "podSelector: {matchLabels: {app: \(value)}}")
                == "spec.podSelector.matchLabels[app]: \"\(plain)\" is not a label's value")
    }

    @Test(
        arguments: [
            ("{matchLabels: {-a: x}}", "matchLabels[-a]: \"-a\" is not a label's key"),
            ("{matchLabels: {a/b/c: x}}", "matchLabels[a/b/c]: \"a/b/c\" is not a label's key"),
            ("{matchLabels: {/b: x}}", "matchLabels[/b]: \"/b\" is not a label's key"),
            (
                "{matchLabels: {UP.io/b: x}}",
                "matchLabels[UP.io/b]: \"UP.io/b\" is not a label's key"
            ),
            ("{matchLabels: {a: 1}}", "matchLabels[a]: is a number, not text"),
            ("{matchLabels: {a: 1.10}}", "matchLabels[a]: is a number, not text"),
            ("{matchLabels: {a: [x]}}", "matchLabels[a]: is a list, not text"),
            ("{matchLabels: [a]}", "matchLabels: is a list, not a mapping"),
            ("{matchExpressions: {}}", "matchExpressions: is a mapping, not a list"),
            ("{matchExpressions: [{}]}", nil),
            ("{matchExpressions: [{key: a}]}", "matchExpressions[0].operator: is missing"),
            ("{matchExpressions: [{operator: Exists}]}", "matchExpressions[0].key: is missing"),
            (
                "{matchExpressions: [{key: a, operator: in, values: [x]}]}",
                "matchExpressions[0].operator: \"in\" is not an operator"
            ),
            (
                "{matchExpressions: [{key: a, operator: In}]}",
                "matchExpressions[0].values: is missing"
            ),
            (
                "{matchExpressions: [{key: a, operator: NotIn, values: []}]}",
                "matchExpressions[0].values: is missing"
            ),
            (
                "{matchExpressions: [{key: a, operator: Exists, values: [x]}]}",
                "matchExpressions[0].values: stands beside operator Exists, which takes none"
            ),
            (
                "{matchExpressions: [{key: a, operator: In, values: [on]}]}",
                "matchExpressions[0].values[0]: is a boolean, not text"
            ),
        ] as [(String, String?)])
    func refused(_ text: String, _ problem: String?) throws {
        guard let problem else {
            #expect(decode(policyText(spec: "podSelector: \(text)")).diagnostics.count == 2)
            return
        }
        #expect(
            try policyProblem(spec: "podSelector: \(text)") == "spec.podSelector.\(problem)")
    }

    @Test(
        "S73: a label value without quotes may not be text",
        arguments: [
            "yes", "no", "on", "off", "y", "n", "true", "1", "010", "0x1F", "1.5", "1e3",
            ".inf",
        ])
    func unquotedValues(_ value: String) {
        let found = decode(policyText(spec: "podSelector: {matchLabels: {app: \(value)}}"))
        #expect(found.diagnostics.map(\.remedy) == ["write it in quotes: \"\(value)\""])
    }

    @Test("S73: a value that is null is empty, as in the API, with a warning")
    func nullValues() {
        let decoded = decode(policyText(spec: "podSelector: {matchLabels: {app: }}"))
        #expect(
            decoded.policies.first?.value.subject.labels == .isOneOf(key: "app", values: [""]))
        #expect(decoded.diagnostics.map(\.severity) == [.warning])
    }

    @Test("S73: a key that is no text is pointed out")
    func keyWithoutQuotes() {
        let decoded = decode(policyText(spec: "podSelector: {matchLabels: {on: x}}"))
        #expect(
            decoded.policies.first?.value.subject.labels == .isOneOf(key: "true", values: ["x"]))
        #expect(
            decoded.diagnostics.map(\.message) == [
                "the key on is no text and is read as \"true\""
            ])
    }
}
