// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyVerification

/// What came of an attempt to prove that the kernel does what the policies say.
public struct ProofResult: Sendable {
    /// What was looked at; the values of the label `scope`.
    public enum Scope: String, CaseIterable, Sendable {
        /// Everything.
        case whole
        /// What a change can have made different.
        case change
    }

    /// The answer; nil where everything has to be compared to know it.
    public var outcome: VerificationReport.Outcome?
    public var scope: Scope
    /// How long it took.
    public var duration: Duration
    /// Differences and doubts in words, a line each.
    public var findings: [String] = []

    init(outcome: VerificationReport.Outcome?, scope: Scope, duration: Duration) {
        self.outcome = outcome
        self.scope = scope
        self.duration = duration
    }

    /// What a comparison of everything has found.
    init(_ report: VerificationReport, duration: Duration) {
        self.init(outcome: report.outcome, scope: .whole, duration: duration)
        findings = report.differences.map(\.line) + report.doubts.map(\.line)
        if report.furtherDifferences > 0 {
            findings.append("\(report.furtherDifferences) more differences")
        }
    }
}

extension VerificationReport.Difference {
    fileprivate var line: String {
        let rule = trace.last.map { step in
            "chain \(step.place.chain)" + (step.handle.map { " handle \($0)" } ?? "")
        }
        return """
            \(probe.description): policies \(isAccepted ? "deny" : "allow") \
            (egress: \(policies.egress); ingress: \(policies.ingress)), the kernel \
            \(isAccepted ? "accepts" : "drops") (\(rule ?? "no rule"))
            """
    }
}

extension VerificationReport.Doubt {
    fileprivate var line: String {
        "not understood: \(reason)" + (place.map { " in chain \($0.chain)" } ?? "")
    }
}
