// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyTestKit

/// Where the acts are performed: runs commands in the node, measures, and keeps the score.
final class Stage {
    let lab: Lab
    private let command: String
    private let isFull: Bool
    private var passed = 0
    private var failed = 0
    private var isAmongChecks = false
    private var shownWarnings: Set<Substring> = []

    /// - Parameters:
    ///   - command: the path of the `sluice` command.
    ///   - isFull: whether texts are printed in full where an excerpt says enough.
    init(lab: Lab, command: String, isFull: Bool) {
        self.lab = lab
        self.command = command
        self.isFull = isFull
    }

    /// Runs `sluice` in the node, and prints the command and what it says; a warning only once.
    ///
    /// - Parameters:
    ///   - arguments: as a user would type them.
    ///   - excerpt: the beginnings of the paragraphs to print; all when empty.
    /// - Throws: `LabError` when it cannot be started.
    @discardableResult
    func sluice(_ arguments: String, excerpt: [String] = []) throws -> CommandResult {
        try Interruption.check()
        let words = arguments.split(separator: " ").map(String.init)
        let result = try CommandResult(of: [command] + words, in: lab.node)
        announce("sluice \(arguments)")
        let warnings = result.warnings.filter { shownWarnings.insert($0).inserted }
        let text = excerpt.isEmpty || isFull ? result.text : result.excerpt(excerpt)
        let output = warnings.joined(separator: "\n") + (warnings.isEmpty ? "" : "\n") + text
        Terminal.more(output.isEmpty ? Terminal.paint("(prints nothing)", .aside) : output)
        return result
    }

    /// Starts `sluice agent` in the node, and prints the command.
    ///
    /// - Throws: an error when it cannot be started.
    func agent(_ arguments: String, log: URL) throws -> AgentProcess {
        try Interruption.check()
        announce("sluice agent \(arguments) --node node-a &")
        let words = arguments.split(separator: " ").map(String.init)
        return try AgentProcess(
            [command, "agent"] + words + ["--node", "node-a"], in: lab.node, log: log)
    }

    /// Runs a command in the node, and prints it.
    ///
    /// - Throws: `LabError` when it does not succeed.
    func shell(_ line: String) throws {
        try Interruption.check()
        announce(line)
        try lab.node.execute(line.split(separator: " ").map(String.init))
    }

    /// Prints lines of a log.
    func show(_ lines: [String]) {
        isAmongChecks = false
        Terminal.more(lines.joined(separator: "\n"))
    }

    /// Prints a manifest.
    ///
    /// - Throws: an error when it cannot be read.
    func manifest(_ name: String) throws {
        announce("cat \(name)")
        let text = try String(contentsOfFile: name, encoding: .utf8)
        Terminal.more(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }

    /// Measures who reaches what, and prints the table.
    ///
    /// - Throws: `LabError` when a connection cannot even be tried.
    func measure(_ title: String, _ expectation: Expectation) throws -> Reachability {
        try Interruption.check()
        let reachability = try Reachability(expectation, in: lab)
        Terminal.explain("\(title), from \(reachability.trials.count) real connections:")
        Terminal.block(reachability.text)
        isAmongChecks = false
        return reachability
    }

    /// Scores a claim.
    ///
    /// - Parameter surprises: what speaks against it.
    func check(_ claim: String, _ surprises: [String]) {
        if !isAmongChecks { Terminal.line("") }
        isAmongChecks = true
        if surprises.isEmpty {
            passed += 1
            Terminal.line("\(Terminal.paint("PASS", .good))  \(claim)")
        } else {
            failed += 1
            Terminal.line("\(Terminal.paint("FAIL", .bad))  \(claim)")
            for surprise in surprises.prefix(8) { Terminal.more("  \(surprise)") }
            if surprises.count > 8 { Terminal.more("  and \(surprises.count - 8) more") }
        }
    }

    /// Scores a claim that holds or does not.
    ///
    /// - Parameter found: what was found in its stead.
    func check(_ claim: String, _ holds: Bool, found: @autoclosure () -> String) {
        check(claim, holds ? [] : ["found: \(found())"])
    }

    /// Prints the score.
    ///
    /// - Returns: whether every claim held.
    func conclude() -> Bool {
        let text = "\(passed) PASS, \(failed) FAIL"
        Terminal.line("\n" + Terminal.paint(text, failed == 0 ? .good : .bad))
        return failed == 0
    }

    private func announce(_ command: String) {
        isAmongChecks = false
        Terminal.line("\n" + Terminal.paint("$ \(command)", .command))
    }
}
