// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import PolicyTestKit
import RulesetDiff
import Testing

/// A namespace of its own with Sluice's way into its ruleset and nft's beside it.
struct TestNamespace {
    let namespace: PolicyTestKit.NetworkNamespace
    let ruleset: KernelRuleset

    init(_ label: String) throws {
        namespace = try PolicyTestKit.NetworkNamespace(label)
        ruleset = try KernelRuleset(of: namespace)
    }

    /// What `nft` prints when it carries out commands.
    @discardableResult
    func nft(_ commands: String) throws -> String {
        try namespace.execute(["nft", "-f", "-"], input: commands)
    }

    func table() throws -> ObservedTable? { try ruleset.read(table: "sluice") }

    /// Brings the kernel to the table and gives the steps that it took.
    @discardableResult
    func bring(to wanted: Table) throws -> Transaction {
        let transaction = Transaction(from: try table(), to: wanted)
        try ruleset.commit(transaction)
        return transaction
    }
}

extension KernelRuleset {
    init(of namespace: PolicyTestKit.NetworkNamespace) throws {
        try self.init(in: NetfilterKernel.NetworkNamespace(path: "/run/netns/\(namespace.name)"))
    }
}

extension Trait where Self == ConditionTrait {
    /// Leaves a test out, with a message that says why, where no namespaces can be made.
    static var needsNamespaces: ConditionTrait {
        .enabled(if: Lab.obstacle == nil, "\(Lab.obstacle ?? "namespaces can be made")")
    }
}
