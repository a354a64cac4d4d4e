// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import PolicyDocuments

struct YAMLReaderTests {
    private func read(_ text: String) throws(SyntaxError) -> [DocumentNode] {
        var nodes: [DocumentNode] = []
        for piece in YAMLPieces(try SourceText(Source(name: "x.yaml", text: text))) {
            nodes += try YAMLReader.documents(in: piece)
        }
        return nodes
    }

    private func failure(_ text: String) -> SyntaxError? {
        do throws(SyntaxError) {
            _ = try read(text)
            return nil
        } catch {
            return error
        }
    }

    @Test func nodesKnowTheirPlaces() throws {
        let nodes = try read("a: 1\n---\nb:\n  - x\n  - \"y\"\n")
        guard case .sequence(let elements) = nodes[1]["b"]?.content else { throw MissingPart() }
        #expect(elements[1].position == TextPosition(line: 5, column: 5))
        #expect(elements.map(\.content) == [.plain("x"), .quoted("y")])
    }

    @Test func quotesAndTagsMakeText() throws {
        let node = try read("[1, '1', \"1\", !!str 1, ! 1, !mine 1, !!int \"1\"]")[0]
        guard case .sequence(let elements) = node.content else { throw MissingPart() }
        let text = ScalarValue.string("1")
        #expect(
            elements.map(\.scalar)
                == [.integer(1), text, text, text, text, text, .integer(1)])
    }

    @Test func blockScalarsAreText() throws {
        let node = try read("a: |\n  yes\nb: >-\n  no\n")[0]
        #expect(node["a"]?.scalar == .string("yes\n"))
        #expect(node["b"]?.scalar == .string("no"))
    }

    @Test(
        "S73: keys become text as in JSON",
        arguments: [
            ("on: 1", "true"), ("n: 1", "false"), ("0x10: 1", "16"), ("'on': 1", "on"),
            ("1.5: 1", "1.5"),
        ])
    func keysBecomeText(_ text: String, _ key: String) throws {
        #expect(try read(text)[0][key] != nil)
    }

    @Test(arguments: [
        ("a: 1\nb:\n  c: 1\n  c: 2", 3), ("{a: 1, a: 2}", 1), ("yes: 1\ntrue: 2", 2),
        ("1: a\n'1': b", 2), ("a: &x 1\nb: 2\na: 3", 1),
    ])
    func duplicateKeysAreErrors(_ text: String, _ line: UInt32) throws {
        let error = try #require(failure(text))
        #expect(error.message.contains("appears more than once in a mapping"))
        #expect(error.position.line == line)
    }

    @Test(arguments: [
        ("? [a]\n: 1", "a key is a list or a mapping, not text"),
        ("~: 1", "a key is null, not text"), ("a: *b", "an alias has no anchor"),
        ("a: &x [*x]", "an alias has no anchor"), ("a: !!binary aGk=", "tagged !!binary"),
        ("a: [1", "did not find expected"), ("a: b: c", "mapping values are not allowed"),
        ("<<: 1", "takes a mapping or a list of mappings"), ("a: \u{1}", "control characters"),
        ("a: \u{7f}", "control characters"), ("%FOO\n---\n%", "not valid YAML"),
    ])
    func malformedTextIsRefused(_ text: String, _ message: String) throws {
        let error = try #require(failure(text))
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test func tabsAsIndentationAreExplained() throws {
        let error = try #require(failure("a:\n  b: 1\n---\nc:\n\td: 1\n"))
        #expect(error.position.line == 5)
        #expect(error.remedy == "indent with spaces, YAML forbids tabs")
    }

    @Test func anAnchorEndsWithItsDocument() {
        #expect(failure("a: &x 1\n---\nb: *x")?.message.contains("an alias has no anchor") == true)
    }

    @Test func aliasesAndMergesAreExpanded() throws {
        let node = try read(
            """
            base: &base {a: 1, b: 1}
            more: &more {b: 2, c: 2}
            own: {<<: *base, b: 3}
            both: {<<: [*base, *more], d: 4}
            same: *base
            """)[0]
        #expect(node["own"]?["a"]?.scalar == .integer(1))
        #expect(node["own"]?["b"]?.scalar == .integer(3))
        #expect(node["both"]?["b"]?.scalar == .integer(1))
        #expect(node["both"]?["c"]?.scalar == .integer(2))
        #expect(node["same"] == node["base"])
    }

    /// go-yaml v2 lets a merged value override a key that stands before `<<`, YAML does not.
    @Test func aMergeAfterItsOwnKeyIsRefused() {
        let error = failure("base: &b {a: 1}\nown:\n  a: 2\n  <<: *b")
        #expect(error?.message.contains("stands before it too") == true)
        #expect(error?.position.line == 4)
    }

    @Test func anAliasBombIsRefused() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<12 {
            let inner = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(inner)]\n"
        }
        let message = failure(text)?.message ?? ""
        #expect(message.hasPrefix("aliases expand to more than"))
        let asKey = failure("\(text)? *a11\n: 1\n")?.message
        #expect(asKey == "a document with many aliases has a key that is not plain text")
        #expect(failure("\(text){*a11 : 1}: 2\n") != nil)
        #expect(failure("\(text)*a11 : 1\n") != nil)
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func depthIsLimited(_ opening: String) {
        #expect(failure(String(repeating: opening, count: 100_000)) != nil)
        #expect(failure(String(repeating: opening, count: 900)) != nil)
    }

    @Test func aDocumentOfTooManyValuesIsRefusedUnread() {
        let text = "x: 1\n---\n[" + String(repeating: "a,", count: 6_000_001) + "]"
        let error = failure(text)
        #expect(error?.message == "the document holds more than 6000000 values")
        #expect(error?.position.line == 2)
    }

    /// What is counted before parsing must not be less than what parsing finds.
    @Test(arguments: [
        "a: b", "{a, b, c}", "- - - a\n- b", "? a\n: b", "{a: [1, 2], b: {c: }}", "-\n-\n-",
        "a:\nb:",
        "[a: b, c: d]", "a:\n- b\n- c: d\n  e: f", "-\t-\ta", "x", "? ? a", "{\"a\":1,\"b\":[2]}",
    ])
    func noDocumentHoldsMoreValuesThanExpected(_ text: String) throws {
        func count(_ node: DocumentNode) -> Int {
            switch node.content {
            case .mapping(let entries): 1 + entries.reduce(0) { $0 + count($1.value) }
            case .sequence(let elements): 1 + elements.reduce(0) { $0 + count($1) }
            case .plain, .quoted, .deferred: 1
            }
        }
        let source = try SourceText(Source(name: "x.yaml", text: text))
        for piece in YAMLPieces(source) {
            let nodes = (try? YAMLReader.documents(in: piece)) ?? []
            #expect(nodes.reduce(0) { $0 + count($1) } <= piece.mostValues)
        }
    }
}
