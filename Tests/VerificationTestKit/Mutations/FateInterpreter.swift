// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyVerification

/// Tells what becomes of packets under a table, by carrying them through its rules.
struct FateInterpreter {
    /// One evaluator, or one for each assumption about what is not known.
    private let evaluators: [TableEvaluator]

    /// An interpreter of a table as it was read from the kernel.
    init(_ table: Table) {
        evaluators =
            table.hasUnknown
            ? UnknownAssumption.allCases.map { TableEvaluator(table.assuming($0)) }
            : [TableEvaluator(table)]
    }

    /// Whether the answer may depend on what is not known.
    var isCertain: Bool { evaluators.count == 1 }

    /// Whether the packet passes all hooks on its way, under each assumption.
    ///
    /// - Throws: ``EvaluationError`` for what no assumption covers.
    func fates(_ sample: ProbePacket) throws -> [Bool] {
        try evaluators.map { evaluator in
            for hook in sample.journey.hooks
            where try !evaluator.evaluate(sample.packet(at: hook), at: hook).isAccepted {
                return false
            }
            return true
        }
    }
}
