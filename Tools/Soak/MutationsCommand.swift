// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import PolicyTestKit
import VerificationTestKit

/// `Tools/soak mutations`.
struct MutationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutations",
        abstract: "Verifies tables that nft has mutated in the kernel.",
        discussion: """
            In each world nft changes the kernel's table again and again: elements, rules, chains. \
            An interpreter of sampled packets tells which changes matter, and is held to the \
            kernel by sending packets. The verification must find every change that matters, with \
            a packet that shows it, and prove every other one harmless.

              Tools/soak mutations --worlds 100 --seed 1
            """)

    @Option(help: "How many worlds.")
    var worlds = 40

    @Option(help: "How many mutations in each.")
    var mutations = 50

    @Option(help: "The first world's seed; the others follow one by one.")
    var seed: UInt64 = 1

    func run() throws {
        var report = MutationReport()
        for offset in 0..<UInt64(worlds) {
            let seed = seed &+ offset
            try MutationBench(seed: seed).run(mutations, &report)
            Progress.show(
                "\(offset + 1) of \(worlds) worlds, \(report.mutations) mutations, "
                    + "\(report.changing) of them matter, \(report.failures.count) failures")
        }
        Progress.end()
        print("seeds \(seed) to \(seed &+ UInt64(worlds) - 1)")
        print(report.text, terminator: "")
        if !report.failures.isEmpty { throw ExitCode(1) }
    }
}
