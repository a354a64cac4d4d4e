// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// A packet's way through a ruleset, as people read it.
struct RulesetText {
    private let fate: RulesetFate

    init(_ fate: RulesetFate) { self.fate = fate }

    var lines: [String] {
        var lines = [heading]
        if case .traced(let trace) = fate.outcome {
            lines +=
                isUnconcerned(trace)
                ? ["  it knows neither address as a pod's that is governed"] : stepLines(trace)
        }
        if !fate.agrees { lines.append(disagreement) }
        return lines
    }

    /// The ruleset and what it does, in a line.
    var heading: String {
        let name =
            switch fate.origin {
            case .compiled: "ruleset of \(fate.node), as compiled"
            case .kernel: "ruleset of \(fate.node), as the kernel has it"
            }
        switch fate.outcome {
        case .traced(let trace):
            let verdict = ConnectionText.word(trace.isAccepted)
            let place =
                trace.steps.last.flatMap { $0.verdict.map(\.isFinal) == true ? $0 : nil }
                .map { " by \($0.chain)[\($0.rule)]" } ?? ""
            return "\(name): \(verdict)\(place) at hook \(trace.hook.name)"
        case .untouched(let reason): return "\(name): \(ConnectionText.word(true)), \(reason)"
        case .unknown(let reason): return "\(name): cannot be told, because \(reason)"
        }
    }

    /// Whether no set has anything to say about the packet, and it passes.
    private func isUnconcerned(_ trace: PacketTrace) -> Bool {
        trace.isAccepted && trace.steps.last?.verdict != .accept
            && trace.steps.allSatisfy { $0.lookups.allSatisfy { $0.element == nil } }
    }

    private func stepLines(_ trace: PacketTrace) -> [String] {
        var lines: [String] = []
        var chain: String?
        for step in trace.steps {
            if step.chain != chain {
                lines.append(
                    "  chain \(step.chain)" + (step.chainComment.map { "  # \($0)" } ?? ""))
            }
            chain = step.chain
            let handle = fate.handle(step).map { "  # handle \($0)" } ?? ""
            lines.append("    [\(step.rule)] \(step.text)\(handle)")
            lines += step.lookups.map { "        \($0.sentence)" }
        }
        // Without a final verdict the base chain's policy lets the packet pass.
        if trace.isAccepted, trace.steps.last?.verdict != .accept {
            lines.append("  no rule drops it: the hook's policy accepts")
        }
        return lines
    }

    private var disagreement: String {
        let expected = fate.isExpected ? "allowed" : "denied"
        return switch (fate.origin, fate.isAccepted) {
        case (_, nil): "  NOT PROVED: the policies say \(expected)"
        case (.kernel, _):
            "  DIFFERENT: the policies say \(expected); sluice diff shows what differs"
        case (.compiled, _):
            "  DIFFERENT: the policies say \(expected); this is an error in Sluice, please report it"
        }
    }
}

extension PacketTrace.Lookup {
    /// `@pods4-cee6c3ec (shop: app=front) has 10.1.1.4`.
    fileprivate var sentence: String {
        "@\(set)" + (comment.map { " (\($0))" } ?? "")
            + (element.map { " has \($0)" } ?? " does not have \(key)")
    }
}

extension Verdict {
    /// Whether the packet's way through the hook's chain ends with it.
    fileprivate var isFinal: Bool { self == .accept || self == .drop }
}
