// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import NftablesModel

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print Sluice's table as the kernel has it.",
        discussion: """
            Reads and decodes the table `inet sluice` itself, with what its counters have counted. \
            Needs CAP_NET_ADMIN.

            EXIT CODES
              0  printed    1  there is no such table    2  an error
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case nft
        case json
    }

    @Option(help: "nft: as nft reads it; json: the same for nft --json, with rule handles.")
    var format = Format.nft

    func run() throws {
        guard let observed = try Kernel().read() else {
            Console.note("there is no table inet sluice in this network namespace")
            throw ExitStatus.different
        }
        let table = observed.table.sorted
        switch format {
        case .nft: Console.output(table.text(counters: observed.rules))
        case .json: Console.output(table.json(observed: observed.rules).text())
        }
    }
}
