// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import FoundationXML
import PolicyDocuments
import Testing

@testable import PolicyAnalysis

/// JUnit's XML as a parser reads it.
struct JUnitReportTests {
    @Test func theReportIsWellFormedAndSaysEverything() throws {
        let name = "a <b> & \"c\" 'd' \u{1b}[31m ]]> é\nnext"
        var result = PolicyTestResult(
            name: name, origin: Origin(source: "t&.yaml", document: 1, line: 3))
        result.failures = [
            PolicyTestFailure(
                origin: Origin(source: "t&.yaml", document: 1, line: 5), expected: .allow,
                sender: "shop/<web>", receiver: "world", ports: "80/tcp",
                reasons: ["ingress: a & b \u{0}"])
        ]
        let passed = PolicyTestResult(
            name: "fine", origin: Origin(source: "t&.yaml", document: 1, line: 9))
        var report = JUnitReport()
        report.add([result, passed], of: "t&.yaml")
        let reader = ElementReader()
        let parser = XMLParser(data: Data(report.text.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")

        #expect(
            reader.elements.map(\.name) == [
                "testsuites", "testsuite", "testcase", "failure", "testcase",
            ])
        #expect(reader.elements[1].attributes["name"] == "t&.yaml")
        #expect(reader.elements[1].attributes["tests"] == "2")
        #expect(reader.elements[1].attributes["failures"] == "1")
        let read = try #require(reader.elements[2].attributes["name"])
        #expect(read == name.replacing("\u{1b}", with: "\u{FFFD}"))
        #expect(reader.elements[2].attributes["line"] == "3")
        #expect(
            reader.elements[3].attributes["message"]
                == "expected allow, got deny: shop/<web> -> world, 80/tcp")
        #expect(reader.text.contains("  ingress: a & b \u{FFFD}"))
        #expect(reader.text.contains("t&.yaml:5: expected allow"))
    }
}

/// Collects the elements of a document.
private final class ElementReader: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String])] = []
    var text = ""

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        elements.append((name, attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
