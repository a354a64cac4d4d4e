// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import MatchIR
import NftablesModel
import NodeCompiler

struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the ruleset that a node would enforce.",
        discussion: """
            Needs neither root nor a kernel, and prints the same bytes for the same input, in \
            whatever order it comes: fit for golden files. `nft -f` accepts the nft format, \
            `nft --json -f` the JSON one.

            EXAMPLES
              sluice render -f cluster.yaml --node node-a | diff golden.nft -
              sluice render -f cluster.yaml --format ir --after tiers
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

    @Option(
        help: ArgumentHelp(
            """
            With --format ir: the decisions as they are after this pass of the compiler: \
            \(CompilerPass.allCases.map(\.rawValue).joined(separator: ", ")), in this order.
            """, valueName: "pass"))
    var after: CompilerPass?

    @Flag(
        help: """
            Instead of the ruleset print what the compiler chose where packets' time and the kernel's \
            memory want different ones, and why.
            """)
    var explainCosts = false

    func validate() throws {
        if after != nil, format != .ir {
            throw ValidationError("--after shows decisions and needs --format ir")
        }
    }

    func run() throws {
        if explainCosts {
            let (state, node) = try input.cluster()
            return Console.output(NodeCompilation.explainCosts(of: state, node: node))
        }
        if let after {
            let (state, node) = try input.cluster()
            return Console.output(NodeCompilation.text(of: state, node: node, after: after))
        }
        let compilation = try input.compile()
        switch format {
        case .nft: Console.output(compilation.table.text())
        case .json: Console.output(compilation.table.json().text())
        case .ir: Console.output(compilation.program.text)
        }
    }
}

extension CompilerPass: ExpressibleByArgument {}
