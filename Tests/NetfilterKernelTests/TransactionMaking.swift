// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import RulesetDiff

@testable import NetfilterKernel

extension Transaction {
    /// All that makes the table, in an order that the kernel takes.
    init(making table: Table, generation: UInt32? = nil) {
        var operations = [Operation.addTable(name: table.name, comment: table.comment)]
        operations += table.sets.map(Operation.addSet)
        operations += table.chains.map(Operation.addChain)
        operations += table.sets.filter { $0.elements.count > 0 }
            .map { Operation.addElements($0.elements, to: $0) }
        operations += table.chains.flatMap { chain in
            chain.rules.map { Operation.appendRule($0, chain: chain.name) }
        }
        self.init(table: table.name, operations, generation: generation)
    }

    init(table: String, _ operations: [Operation], generation: UInt32? = nil) {
        self.init(
            table: table, steps: operations.map { Step($0, reason: "a test") },
            generation: generation)
    }
}

extension Batch {
    /// A copy of all messages.
    var bytes: [UInt8] { buffer.withBytes { Array($0) } }
}
