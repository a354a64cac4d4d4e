// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import ArgumentParser
import Foundation

/// `Tools/soak`, or `Tools/soak storm`.
struct StormCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storm",
        abstract: "Kills the agent again and again in a storm of changes.",
        discussion: """
            Manifests change without pause, a neighbour changes a table of his own, a stranger \
            changes ours, and the agent is killed at random instants and just after it has changed \
            the kernel. After each kill the table must decide as one of the states of the cluster \
            wants it, and never as a mixture; and a restarted agent must reach the newest.
            """)

    @Option(help: "Go on for at least so long.")
    var minutes = 0.0

    @Option(help: "Kill at least so often.")
    var kills = 200

    @Option(help: "Determines the changes, but not the instants.")
    var seed: UInt64 = 1

    @Flag(help: "Print the summary as JSON.")
    var json = false

    func run() throws {
        var soak = Soak(seed: seed)
        soak.kills = kills
        soak.minutes = minutes
        let report = try soak.run { report in
            Progress.show(
                "\(report.kills) kills, \(report.matches) tables compared, "
                    + "\(report.violations.count) violations")
        }
        Progress.end()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            print(report.text, terminator: "")
        }
        if !report.violations.isEmpty { throw ExitCode(1) }
    }
}
