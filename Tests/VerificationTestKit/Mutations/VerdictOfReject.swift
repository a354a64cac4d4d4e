// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

extension Table {
    /// The table with rejections as drops: for the packet's fate they are the same.
    var rejectingSilently: Table {
        var copy = self
        for chain in copy.chains.indices {
            for rule in copy.chains[chain].rules.indices {
                copy.chains[chain].rules[rule].expressions = copy.chains[chain].rules[rule]
                    .expressions.map {
                        if case .unknown("reject", _) = $0 { .verdict(.drop) } else { $0 }
                    }
            }
        }
        return copy
    }
}
