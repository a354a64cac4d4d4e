// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR

extension RuleOrigin {
    /// Text that no other origin has, whatever names their authors chose.
    var identity: String {
        if isKubernetes { return policy.description }
        var parts = [tier.debugDescription, policy.kind, policy.description]
        if let rule {
            parts += ["\(rule.direction)[\(rule.index)]", rule.name?.debugDescription ?? ""]
        }
        return parts.joined(separator: " ")
    }
}
