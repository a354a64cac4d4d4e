// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import NetfilterKernel
import NftablesModel
import NodeAgent
import PolicyAnalysis
import PolicyModel
import RulesetDiff

struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what apply would change here, or what a change of manifests opens.",
        discussion: """
            Reads the table `inet sluice` from the kernel and prints the transactions that lead to \
            the wanted one, as commands of nft, with the policies behind each part. Changes nothing.

            With --impact it reads no kernel and needs no root: it compares the manifests of --from \
            with those of -f and prints which pods may reach which others, and the world outside, \
            on which ports, after the change and not before (opened), or before and not after \
            (closed), on whatever nodes they run. Pods and workloads of one side only are named, \
            and not compared.

            With --staged besides, the manifests of -f count as if their staged policies were \
            enforced: a set one in place of the policy of its name, if there is one, and without \
            those that are to be deleted. They are compared with --from or, without it, with \
            themselves as they are: so that what is told is what enforcing them would change.

            EXIT CODES
              0  no difference    1  differences    2  an error

            EXAMPLES
              sluice diff -f cluster.yaml --node node-a || echo "something would change"
              sluice diff --impact --from main/ -f branch/
              sluice diff --impact --staged -f cluster.yaml
            """)

    @OptionGroup var input: InputOptions
    @Option(help: "text: commands of nft with reasons; json: the same for machines.")
    var format = OutputFormat.text

    @Flag(help: "Compare manifests with manifests: who may reach whom after the change.")
    var impact = false

    @Option(
        help: ArgumentHelp(
            "With --impact: the manifests before the change. Repeatable, as -f is.",
            valueName: "path"))
    var from: [String] = []

    @Flag(help: "With --impact: what enforcing the staged policies of -f would change.")
    var staged = false

    func validate() throws {
        if impact, from.isEmpty, !staged {
            throw ValidationError(
                "--impact: say with --from PATH what there was before, or --staged.")
        }
        if impact, input.node != nil {
            throw ValidationError("--impact is about all nodes: leave --node out.")
        }
        if !impact, staged {
            throw ValidationError("--staged is for --impact.")
        }
        if !impact, !from.isEmpty {
            throw ValidationError("--from is for --impact; without it the kernel is compared.")
        }
    }

    func run() throws {
        if impact { return try showImpact() }
        let compilation = try input.compile(asksKernel: true)
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

extension Diff {
    /// Says to whoever watches which policies are meant.
    private func tellStaged(_ state: ClusterState) {
        if state.stagedPolicies.isEmpty { Console.note("the input has no staged policy") }
        let enforced = Set(state.policies.map(\.id))
        for staged in state.stagedPolicies.sorted(by: { $0.id < $1.id }) {
            let effect =
                switch staged.action {
                case .set(let policy) where enforced.contains(policy.id):
                    "takes the place of \(policy.id.kind) \(policy.id)"
                case .set(let policy): "comes in as \(policy.id.kind) \(policy.id)"
                case .delete(let id) where enforced.contains(id): "deletes \(id.kind) \(id)"
                case .delete(let id): "would delete \(id.kind) \(id), which does not exist"
                case .none: "changes nothing"
                }
            Console.note("\(staged.id.kind) \(staged.id) \(effect)")
        }
    }

    /// Compares two sets of manifests, and ends with status 1 if anything changes.
    private func showImpact() throws {
        let manifests = input.manifests
        let old =
            try from.isEmpty
            ? nil
            : ManifestReading(from, namespace: manifests.namespace, readsWorkloads: true).assembly
        let new = try manifests.assembly()
        if staged { tellStaged(new.state) }
        let impact = Impact(from: old ?? new, to: new, enforcesStaged: staged)
        switch format {
        case .text:
            if !impact.isEmpty { Console.output(ImpactText(impact).text) }
        case .json:
            ImpactList(impact).write(Console.output)
        }
        if !impact.isEmpty { throw ExitStatus.different }
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
