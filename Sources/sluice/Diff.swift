// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import NetfilterKernel
import NftablesModel
import NodeAgent
import RulesetDiff

struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what apply would change in this network namespace.",
        discussion: """
            Reads the table `inet sluice` from the kernel and prints the transactions that lead to \
            the wanted one, as commands of nft, with the policies behind each part. Changes nothing.

            EXIT CODES
              0  no difference    1  differences    2  an error

            EXAMPLE
              sluice diff -f cluster.yaml --node node-a || echo "something would change"
            """)

    @OptionGroup var input: InputOptions
    @Option(help: "text: commands of nft with reasons; json: the same for machines.")
    var format = OutputFormat.text

    func run() throws {
        let compilation = try input.compile()
        let kernel = try Kernel()
        let migration = try kernel.difference(to: compilation.table)
        for warning in BridgeWarning.all(compilation.program.endpoints.map(\.addresses)) {
            Console.warning(warning.description)
        }
        switch format {
        case .text:
            if !migration.isEmpty { Console.output(migration.text) }
        case .json:
            Console.output(migration.json(table: compilation.table.name).text())
        }
        if !migration.isEmpty { throw ExitStatus.different }
    }
}

/// How commands about the kernel print.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

extension Migration {
    /// The transactions' steps and how many objects they concern.
    fileprivate func json(table: String) -> JSONValue {
        .object([
            "table": .string(table),
            "summary": TransactionSummary(transactions).json,
            "transactions": .array(
                transactions.map { transaction in
                    .array(
                        transaction.steps.map {
                            .object([
                                "reason": .string($0.reason),
                                "command": .string($0.operation.text(table: table)),
                            ])
                        })
                }),
        ])
    }
}

extension TransactionSummary {
    /// `{"chains": {"added": 2, "replaced": 0, "deleted": 0}, …}`.
    var json: JSONValue {
        .object(
            kinds.map { kind in
                .init(
                    key: kind.name,
                    value: .object([
                        "added": .number(UInt64(kind.count.added)),
                        "replaced": .number(UInt64(kind.count.replaced)),
                        "deleted": .number(UInt64(kind.count.deleted)),
                    ]))
            })
    }
}
