// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import NetfilterKernel
import NftablesModel
import NodeAgent
import NodeCompiler
import RulesetDiff

struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enforce a node's policies in this network namespace.",
        discussion: """
            Compares the wanted ruleset with the kernel's and changes what differs by atomic netlink \
            transactions: one where only elements change, otherwise one that makes what is new, one \
            that switches to it, and one that clears away, so that no packet meets half of either. \
            Needs CAP_NET_ADMIN in the namespace. If the input has any error nothing changes, and \
            if the kernel refuses any part what was enforced stays in force.

            EXAMPLE
              ip netns exec node-a sluice apply -f cluster.yaml --node node-a
            """)

    @OptionGroup var input: InputOptions
    @Option(help: "text: a line for people; json: counts and times for machines.")
    var format = OutputFormat.text

    func run() throws {
        let clock = ContinuousClock()
        var compilation: NodeCompilation?
        let compiling = try clock.measure { compilation = try input.compile(asksKernel: true) }
        let kernel = try Kernel()
        var transactions: [Transaction] = []
        let committing = try clock.measure {
            transactions = try kernel.bring(to: compilation!.table)
        }
        let warnings = BridgeWarning.all(compilation!.program.endpoints.map(\.addresses))
            .map(\.description)
        for warning in warnings { Console.warning(warning) }
        let summary = TransactionSummary(transactions)
        switch format {
        case .text:
            let head = transactions.isEmpty ? "unchanged" : "changed: \(summary)"
            Console.output(
                """
                \(head) (input read and compiled in \(compiling.milliseconds) ms, \
                kernel read and changed in \(committing.milliseconds) ms)
                """)
        case .json:
            Console.output(
                JSONValue.object([
                    "changed": .bool(!transactions.isEmpty), "summary": summary.json,
                    "compile_microseconds": .number(compiling.microseconds),
                    "kernel_microseconds": .number(committing.microseconds),
                    "warnings": .array(warnings.map { .string($0) }),
                ]).text())
        }
    }
}

extension Duration {
    fileprivate var microseconds: UInt64 {
        UInt64(components.seconds) * 1_000_000
            + UInt64(components.attoseconds / 1_000_000_000_000)
    }

    /// In milliseconds with one decimal.
    fileprivate var milliseconds: String {
        let tenths = (microseconds + 50) / 100
        return "\(tenths / 10).\(tenths % 10)"
    }
}
