// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import Foundation
import VerificationTestKit

/// `Tools/soak campaign`.
struct CampaignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaign",
        abstract: "Compares reference, ruleset and kernel in random clusters.",
        discussion: """
            Each world is a small cluster with random policies. Its ruleset is put in force as a \
            change of the one before; then the reference evaluator, the interpreted ruleset and \
            the kernel, through which real packets are sent, must agree on every packet. It ends \
            at the first difference, and prints the seed with which it comes again:

              Tools/soak campaign --worlds 1000 --seed 1
              Tools/soak campaign --worlds 1 --seed 417
            """)

    @Option(help: "How many worlds.")
    var worlds = 1_000

    @Option(help: "The first world's seed; the others follow one by one.")
    var seed: UInt64 = 1

    @Option(help: "How many packets to draw for each world.")
    var packets = 1_000

    @Flag(help: "Print the summary as JSON.")
    var json = false

    func run() throws {
        var campaign = Campaign(seed: seed, worlds: worlds)
        campaign.packets = packets
        let report = try campaign.run { report in
            guard Progress.isDue(report.worlds, inLog: 100) else { return }
            Progress.show(
                "\(report.worlds) of \(worlds) worlds, \(report.packets) packets, "
                    + "\(report.denied) denied, \(report.differences.count) differences")
        }
        Progress.end()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            print(report.text, terminator: "")
        }
        if !report.differences.isEmpty { throw ExitCode(1) }
    }
}
