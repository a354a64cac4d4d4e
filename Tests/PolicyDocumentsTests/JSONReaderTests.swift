// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import PolicyDocuments

struct JSONReaderTests {
    private func read(_ text: String) throws(SyntaxError) -> [DocumentNode] {
        var reader = JSONReader(try SourceText(Source(name: "x.json", text: text)))
        var nodes: [DocumentNode] = []
        while let node = try reader.next() { nodes.append(node) }
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
        let node = try #require(try read("{\n  \"a\": [1,\n    true]\n}").first)
        guard case .mapping(let entries) = node.content,
            case .sequence(let elements) = entries[0].value.content
        else { throw MissingPart() }
        #expect(entries[0].position == TextPosition(line: 2, column: 3))
        #expect(elements[0].position == TextPosition(line: 2, column: 9))
        #expect(elements[1].position == TextPosition(line: 3, column: 5))
        #expect(elements.map(\.scalar) == [.integer(1), .boolean(true)])
    }

    @Test(arguments: [
        (#""""#, ""), (#""plain""#, "plain"), (#""a\"b\\c\/d""#, "a\"b\\c/d"),
        (#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9""#, "Aé"),
        (#""\ud83d\ude00!""#, "😀!"), (#""grüße""#, "grüße"), (#""\u0000""#, "\0"),
    ])
    func stringsAreUnescaped(_ text: String, _ value: String) throws {
        #expect(try read(text).first?.scalar == .string(value))
    }

    @Test(arguments: [
        #""\ud83d""#, #""\ud83dx""#, #""\ude00""#, #""\x41""#, #""\u12g4""#, #""\u+123""#,
        #""\u12"#, "\"a\nb\"", #""open"#, #""open\"#, #"{"a":1,}"#, "[1,]", "[1 2]", "{a: 1}",
        #"{"a" 1}"#, "01", "-", "1.", "1e", ".5", "+1", "tru", "nul", "NaN", "'a'", "[", "{",
        "}", "]", "// comment", #"{"a":}"#,
    ])
    func malformedTextIsRefused(_ text: String) throws {
        let error = try #require(failure(text))
        #expect(error.message.contains("not valid JSON"))
    }

    @Test func errorsNameThePlace() {
        let error = failure("{\n  \"a\": 1\n  \"b\": 2\n}")
        #expect(
            error?.message == #"not valid JSON: expected "," or "}", found """#.dropLast() + #"\"""#
        )
        #expect(error?.position == TextPosition(line: 3, column: 3))
    }

    @Test func duplicateKeysAreErrorsAtAnySize() {
        let short = failure(#"{"a":1,"b":{"x":1,"x":2}}"#)
        #expect(short?.message.contains("the key \"x\" appears more than once") == true)
        let many = (0..<40).map { "\"k\($0)\":0" }.joined(separator: ",\n")
        let long = failure("{\(many),\n\"k7\":1}")
        #expect(long?.message.contains("\"k7\"") == true)
        #expect(long?.position.line == 41)
    }

    @Test(arguments: ["[", #"{"a":"#])
    func depthIsLimited(_ opening: String) {
        let error = failure(String(repeating: opening, count: 100_000))
        #expect(error?.message == "values are nested more than 256 deep")
    }

    @Test func severalValuesAreSeveralDocuments() throws {
        #expect(try read("{} {}\n[]").count == 3)
        #expect(try read(" \n").isEmpty)
    }
}
