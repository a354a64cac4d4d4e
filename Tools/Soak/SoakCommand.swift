// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import Foundation

/// The long tests behind `Tools/soak`.
@main
struct SoakCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "The tests that take long.",
        discussion: """
            They need root, and work in network namespaces of their own.

            EXIT CODES
              0  nothing was violated    1  something was
            """,
        subcommands: [StormCommand.self, CampaignCommand.self, MutationsCommand.self],
        defaultSubcommand: StormCommand.self)
}

/// Where results are not written.
enum Progress {
    private static let isTerminal = isatty(STDERR_FILENO) != 0

    /// Writes a line to standard error; on a terminal over the one before.
    static func show(_ line: String) {
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1b}[K\(line)" : "\(line)\n").utf8))
    }

    /// Ends the lines that were written over each other.
    static func end() {
        if isTerminal { FileHandle.standardError.write(Data("\r\u{1b}[K".utf8)) }
    }

    /// Whether a line is worth being written: on a terminal more often than in a log.
    static func isDue(_ count: Int, inLog interval: Int) -> Bool {
        count.isMultiple(of: isTerminal ? 1 : interval)
    }
}
