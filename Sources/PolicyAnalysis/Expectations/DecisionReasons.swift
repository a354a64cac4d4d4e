// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel
import PolicyVerification

/// Says why a decision is as it is, with the lines of the policies that make it so.
struct DecisionReasons {
    private let layouts: [String: ObjectLayout]

    init(_ layouts: [String: ObjectLayout]) {
        self.layouts = layouts
    }

    /// A line for each direction that has a part in the verdict: of a denial those that deny, of a
    /// permission both. Sides that are no pods have no say.
    func of(_ decision: Decision, _ sender: Party, _ receiver: Party) -> [String] {
        let sides = [
            (decision.egress, "egress from \(sender.name)", sender.endpoint),
            (decision.ingress, "ingress to \(receiver.name)", receiver.endpoint),
        ]
        return sides.compactMap { direction, name, endpoint in
            guard endpoint != nil, decision.isAllowed || !direction.isAllowed else { return nil }
            return "\(name): \(reason(direction))"
        }
    }

    private func reason(_ decision: DirectionDecision) -> String {
        switch decision {
        case .unselected: "allowed, because no policy governs it"
        case .allowed(let rule): "allowed by \(text(rule))"
        case .denied(let rule): "denied by \(text(rule))"
        case .isolated(_, let policies):
            "denied, because it is isolated by "
                + "\(policies.map(text).joined(separator: " and ")), and no rule allows it"
        case .exempt, .notSubject, .passed: "\(decision)"
        }
    }

    private func text(_ rule: RuleReference) -> String {
        let path = LintedPolicy.path(rule.direction, rule.index)
        return "\(LintedPolicy.name(rule.policy)) \(path)\(place(rule.policy, path))"
    }

    private func text(_ policy: PolicyID) -> String {
        "\(LintedPolicy.name(policy))\(place(policy, ""))"
    }

    /// ` (web.yaml:12)`.
    private func place(_ policy: PolicyID, _ path: String) -> String {
        guard let origin = layouts[LintedPolicy.name(policy)]?.origin(of: path) else { return "" }
        return " (\(MessageText.visible(origin.source)):\(origin.line))"
    }
}
