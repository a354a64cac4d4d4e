// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments

/// Results of tests as CI systems read them: the XML that JUnit's Ant task made common.
public struct JUnitReport: Sendable {
    private var suites: [(name: String, results: [PolicyTestResult])] = []

    /// A report without suites.
    public init() {}

    /// Adds the results of a file.
    public mutating func add(_ results: [PolicyTestResult], of name: String) {
        suites.append((name, results))
    }

    /// The whole document.
    public var text: String {
        let all = suites.flatMap(\.results)
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        lines.append("<testsuites name=\"sluice test\"\(Self.counts(all))>")
        for (name, results) in suites {
            lines.append("  <testsuite name=\(Self.quoted(name))\(Self.counts(results))>")
            for result in results { lines += Self.lines(result, in: name) }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>"]).joined(separator: "\n")
    }

    private static func counts(_ results: [PolicyTestResult]) -> String {
        let failures = results.count { !$0.hasPassed }
        return " tests=\"\(results.count)\" failures=\"\(failures)\" errors=\"0\""
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
