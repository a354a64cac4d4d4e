// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyAnalysis
import PolicyDocuments

/// The results of several test files, and how they print.
struct TestReport {
    private var files: [File] = []
    /// How many failures of one expectation are printed for people.
    private static let mostFailures = 5

    /// A test file: what its tests gave, or what kept them from being run.
    private struct File {
        var name: String
        var results: [PolicyTestResult] = []
        var problems: [String] = []
    }

    mutating func add(_ results: [PolicyTestResult], of name: String) {
        files.append(File(name: name, results: results))
    }

    /// Adds a file that has mistakes and was not run.
    mutating func add(problems: [String], of name: String) {
        files.append(File(name: name, problems: problems))
    }

    private var results: [PolicyTestResult] { files.flatMap(\.results) }

    var hasPassed: Bool { results.allSatisfy(\.hasPassed) }

    /// How many files have mistakes and were not run.
    var brokenFiles: Int { files.count { !$0.problems.isEmpty } }

    /// `12 tests in 2 files: 11 passed, 1 failed (340 pairs judged)`.
    var summary: String {
        let broken = "\(brokenFiles) file\(brokenFiles == 1 ? "" : "s") with mistakes not run"
        let run = files.count - brokenFiles
        if run == 0 { return broken }
        let failed = results.count { !$0.hasPassed }
        let pairs = results.reduce(0) { $0 + $1.pairCount }
        let tests = "\(results.count) test\(results.count == 1 ? "" : "s")"
        let places = "\(run) file\(run == 1 ? "" : "s")"
        let text =
            "\(tests) in \(places): \(results.count - failed) passed, \(failed) failed "
            + "(\(pairs) pair\(pairs == 1 ? "" : "s") judged)"
        return brokenFiles > 0 ? "\(text); \(broken)" : text
    }

    /// A line for each test, and below it what failed; nil if nothing was run.
    var text: String? {
        let run = files.filter(\.problems.isEmpty)
        guard !run.isEmpty else { return nil }
        return run.flatMap { file in
            [MessageText.visible(file.name)] + file.results.flatMap(Self.lines)
        }.joined(separator: "\n")
    }

    private static func lines(_ result: PolicyTestResult) -> [String] {
        let name = MessageText.line(result.name)
        if result.hasPassed { return ["  ✓ \(name)"] }
        var lines = ["  ✗ \(name)"]
        var shown: [Origin: Int] = [:]
        for failure in result.failures {
            shown[failure.origin, default: 0] += 1
            guard shown[failure.origin]! <= mostFailures else { continue }
            let place = "\(MessageText.visible(failure.origin.source)):\(failure.origin.line)"
            lines.append("      \(place): \(failure)")
            lines += failure.reasons.map { "        \($0)" }
        }
        for (origin, count) in shown.sorted(by: { $0.key.line < $1.key.line })
        where count > mostFailures {
            lines.append("      line \(origin.line): and \(count - mostFailures) more like these")
        }
        return lines
    }

    var junit: JUnitReport {
        var report = JUnitReport()
        for file in files {
            if file.problems.isEmpty {
                report.add(file.results, of: file.name)
            } else {
                report.add(problems: file.problems, of: file.name)
            }
        }
        return report
    }

    var json: JSONValue {
        let failed = results.count { !$0.hasPassed }
        return .object([
            "passed": .number(UInt64(results.count - failed)),
            "failed": .number(UInt64(failed)),
            "brokenFiles": .number(UInt64(brokenFiles)),
            "files": .array(
                files.map { file in
                    .object([
                        "file": .string(file.name), "tests": .array(file.results.map(\.json)),
                        "problems": .array(file.problems.map { .string($0) }),
                    ])
                }),
        ])
    }
}

extension PolicyTestResult {
    fileprivate var json: JSONValue {
        .object([
            "name": .string(name), "line": .number(UInt64(origin.line)),
            "passed": .bool(hasPassed), "pairs": .number(UInt64(pairCount)),
            "failures": .array(failures.map(\.json)),
        ])
    }
}

extension PolicyTestFailure {
    fileprivate var json: JSONValue {
        .object([
            "line": .number(UInt64(origin.line)), "expected": .string(expected.rawValue),
            "from": .string(sender), "to": .string(receiver), "ports": .string(ports),
            "reasons": .array(reasons.map { .string($0) }),
        ])
    }
}
