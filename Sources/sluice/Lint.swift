// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import ClusterSources
import NftablesModel
import PolicyAnalysis
import PolicyDocuments

struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for policies that are probably not as they were meant.",
        discussion: """
            Needs neither root nor a kernel. Policies are compared with the pods and workloads of the \
            input; give a dump of the cluster along with them, or the manifests of the workloads. \
            Without any pods, the rules that need them are skipped.

            Each finding has the id of its rule in brackets. --disable leaves a rule out; on one object \
            the annotation sluice.dev/lint-disable: "rule-a,rule-b" does.

            EXIT CODES
              0  nothing but notes    1  warnings or errors in the manifests
              2  a file that cannot be read, or wrong usage

            EXAMPLE
              kubectl get pods,namespaces -A -o yaml > cluster.yaml
              sluice lint -f cluster.yaml -f policies/
              sluice lint -f policies/ --format sarif > lint.sarif
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case sarif
    }

    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "Manifests: a file, a directory (read recursively: .yaml, .yml, .json) or - for standard input. Repeatable.",
            valueName: "path"))
    var paths: [String] = []

    @Option(
        name: [.customShort("n"), .long],
        help: "The namespace of objects that name none.")
    var namespace = "default"

    @Option(help: "text: a line for each finding; json, sarif: the same for machines.")
    var format = Format.text

    @Option(help: ArgumentHelp("Leave a rule out. Repeatable.", valueName: "rule"))
    var disable: [LintRule] = []

    @Flag(help: "Ask the rules too of which most clusters have many findings.")
    var pedantic = false

    @Flag(help: "Print the rules and what they find, and nothing else.")
    var listRules = false

    func validate() throws {
        guard listRules || !paths.isEmpty else {
            throw ValidationError("Give manifests with -f PATH.")
        }
        guard DocumentDecoder.isNamespaceName(namespace) else {
            throw ValidationError("--namespace: this is no namespace's name.")
        }
    }

    func run() throws {
        if listRules {
            Console.output(LintRule.table)
            return
        }
        let files = ManifestFiles(reading: paths)
        for problem in files.problems { Console.error(problem.description) }
        guard files.problems.isEmpty else { throw ExitStatus.error }
        var decoder = DocumentDecoder(defaultNamespace: namespace, readsWorkloads: true)
        decoder.keepsLayouts = true
        let linter = Linter(
            decoder.decode(files.sources), disabled: Set(disable), isPedantic: pedantic)
        let report = linter.report()
        if !report.skippedRules.isEmpty {
            let ids = report.skippedRules.map(\.rawValue).joined(separator: ", ")
            Console.note(
                "no pods or workloads in the input; skipped the rules that need them: \(ids)")
        }
        if report.count(.error) > 0 {
            Console.note("objects with errors are left out of everything else")
        }
        switch format {
        case .text:
            for finding in report.findings { Console.output(finding.description) }
            Console.note(report.summary)
        case .json: Console.output(report.json.text())
        case .sarif: Console.output(report.sarif.text())
        }
        if report.hasProblems { throw ExitStatus.different }
    }
}

extension LintRule: ExpressibleByArgument {
    /// Every rule on a line: its id, its severity and what it finds.
    fileprivate static var table: String {
        let width = allCases.map(\.rawValue.count).max() ?? 0
        return allCases.map { rule in
            let id = rule.rawValue.padding(to: width)
            return "\(id)  \(rule.severity.rawValue.padding(to: 7))  \(rule.explanation)"
        }.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}

extension LintReport {
    /// `1 error, 2 warnings, 1 note`.
    fileprivate var summary: String {
        guard !findings.isEmpty else { return "no findings" }
        return Finding.Severity.allCases.map { severity in
            let count = count(severity)
            return "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }.joined(separator: ", ")
    }
}
