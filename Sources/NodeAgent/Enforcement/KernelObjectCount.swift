// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import RulesetDiff

/// How many objects of each kind stand in the kernel's table.
struct KernelObjectCount {
    private(set) var chains = 0
    private(set) var rules = 0
    private(set) var sets = 0
    /// Intervals count once.
    private(set) var elements = 0

    init() {}

    init(_ table: Table) {
        chains = table.chains.count
        rules = table.chains.reduce(0) { $0 + $1.rules.count }
        sets = table.sets.count
        elements = table.sets.reduce(0) { $0 + $1.elements.count }
    }

    mutating func add(_ summary: TransactionSummary) {
        chains += summary.chains.added - summary.chains.deleted
        rules += summary.rules.added - summary.rules.deleted
        sets += summary.sets.added - summary.sets.deleted
        elements += summary.elements.added - summary.elements.deleted
    }
}
