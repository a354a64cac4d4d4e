// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// The outcomes of a run as far as they are known.
struct ProbeLedger {
    private var known: [Outcome?]

    /// A ledger with no outcome known.
    init(count: Int) {
        known = Array(repeating: nil, count: count)
    }

    /// Notes the outcome of a probe; the first one counts.
    mutating func settle(_ index: Int, _ outcome: Outcome) {
        known[index] = known[index] ?? outcome
    }

    /// Notes what an error says about a probe: only one of them comes from the other side.
    mutating func settle(_ index: Int, errorNumber: Int32) {
        settle(index, errorNumber == ECONNREFUSED ? .refused : .silent)
    }

    /// All outcomes; what is still open is silent.
    var outcomes: [Outcome] { known.map { $0 ?? .silent } }
}
