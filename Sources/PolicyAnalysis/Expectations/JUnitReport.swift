// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments

/// Results of tests as CI systems read them: the XML that JUnit's Ant task made common.
public struct JUnitReport: Sendable {
    private var suites: [Suite] = []

    /// A file's tests, or what kept them from being run.
    private struct Suite {
        var name: String
        var results: [PolicyTestResult] = []
        var problems: [String] = []
    }

    /// A report without suites.
    public init() {}

    /// Adds the results of a file.
    public mutating func add(_ results: [PolicyTestResult], of name: String) {
        suites.append(Suite(name: name, results: results))
    }

    /// Adds a file that has mistakes: an error, so that nobody takes a report without its tests for a
    /// good one.
    public mutating func add(problems: [String], of name: String) {
        suites.append(Suite(name: name, problems: problems))
    }

    /// The whole document.
    public var text: String {
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        lines.append("<testsuites name=\"sluice test\"\(Self.counts(suites))>")
        for suite in suites {
            lines.append("  <testsuite name=\(Self.quoted(suite.name))\(Self.counts([suite]))>")
            for result in suite.results { lines += Self.lines(result, in: suite.name) }
            if !suite.problems.isEmpty { lines += Self.lines(suite.problems, of: suite.name) }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>"]).joined(separator: "\n")
    }

    private static func counts(_ suites: [Suite]) -> String {
        let results = suites.flatMap(\.results)
        let failures = results.count { !$0.hasPassed }
        let errors = suites.count { !$0.problems.isEmpty }
        return " tests=\"\(results.count + errors)\" failures=\"\(failures)\" errors=\"\(errors)\""
    }

    private static func lines(_ problems: [String], of suite: String) -> [String] {
        [
            "    <testcase classname=\(quoted(suite)) name=\"can be run\" file=\(quoted(suite))>",
            "      <error message=\(quoted(problems.first ?? ""))>"
                + "\(escaped(problems.joined(separator: "\n")))</error>", "    </testcase>",
        ]
    }

    private static func lines(_ result: PolicyTestResult, in suite: String) -> [String] {
        let head =
            "    <testcase classname=\(quoted(suite)) name=\(quoted(result.name))"
            + " file=\(quoted(result.origin.source)) line=\"\(result.origin.line)\""
        guard let first = result.failures.first else { return [head + "/>"] }
        let details = result.failures.flatMap { failure in
            ["\(failure.origin.source):\(failure.origin.line): \(failure)"]
                + failure.reasons.map { "  \($0)" }
        }
        return [
            head + ">",
            "      <failure message=\(quoted("\(first)"))>"
                + "\(escaped(details.joined(separator: "\n")))</failure>", "    </testcase>",
        ]
    }

    /// As the value of an attribute.
    private static func quoted(_ text: String) -> String { "\"\(escaped(text, isValue: true))\"" }

    /// What XML would take for markup is written as a reference; characters that XML 1.0 cannot hold
    /// at all become U+FFFD.
    private static func escaped(_ text: String, isValue: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n" where !isValue: result += "\n"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            case _ where scalar.value < 0x20 || scalar.value & 0xFFFE == 0xFFFE:
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
