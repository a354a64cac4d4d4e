// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import MatchIR
import NftablesModel

struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the ruleset that a node would enforce.",
        discussion: """
            Needs neither root nor a kernel, and prints the same bytes for the same input, in \
            whatever order it comes: fit for golden files. `nft -f` accepts the nft format, \
            `nft --json -f` the JSON one.

            EXAMPLE
              sluice render -f cluster.yaml --node node-a | diff golden.nft -
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case nft
        case json
        case ir
    }

    @OptionGroup var input: InputOptions

    @Option(
        help: ArgumentHelp(
            "nft: the ruleset as nft reads it; json: the same for nft --json; ir: the decisions before they become rules."
        ))
    var format = Format.nft

    func run() throws {
        let compilation = try input.compile()
        switch format {
        case .nft: Console.output(compilation.table.text())
        case .json: Console.output(compilation.table.json().text())
        case .ir: Console.output(compilation.program.text)
        }
    }
}
