// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR

/// A case of which is recorded what a pass of the compiler makes of it: `after-PASS.txt`, in the form
/// that `sluice render --format ir --after PASS` prints.
struct PassCase: CustomStringConvertible, Sendable {
    let of: GoldenCase
    let pass: CompilerPass

    var description: String { "\(of) after \(pass)" }

    var file: String { "after-\(pass.rawValue).txt" }

    /// No small case would have unions taken apart: of that pass is recorded what it makes of them where
    /// there is no budget at all.
    var costs: CostModel {
        var costs = CostModel()
        if pass == .sets { costs.elementBudget = 0 }
        return costs
    }

    /// Every record, by case and pass.
    static let all = GoldenCase.all.flatMap { golden in
        CompilerPass.allCases.map { PassCase(of: golden, pass: $0) }
            .filter { GoldenFolder.record($0.file, of: golden.name) != nil }
    }
}
