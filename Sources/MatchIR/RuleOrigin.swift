// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// From which policy, or which of its rules, something in a program comes.
public struct RuleOrigin: Hashable, Sendable {
    /// The policy's tier.
    public var tier: String
    /// The policy.
    public var policy: PolicyID
    /// The rule; nil where the whole policy is meant.
    public var rule: RulePlace?

    /// A rule among those of its policy and direction.
    public struct RulePlace: Hashable, Sendable {
        /// The direction that the rule is for.
        public var direction: Direction
        /// Its position in the policy's list, counted from zero.
        public var index: Int
        /// What its author calls it; nil where it has no name.
        public var name: String?
    }

    /// A policy as a whole.
    public init(_ policy: Policy) {
        tier = policy.tier
        self.policy = policy.id
    }

    /// A rule of a policy.
    ///
    /// Of Kubernetes' NetworkPolicies all rules together decide, and packets meet sets in which many of
    /// them are one, so that none stands out.
    init(_ policy: Policy, _ direction: Direction, rule index: Int, name: String?) {
        self.init(policy)
        if !isKubernetes { rule = RulePlace(direction: direction, index: index, name: name) }
    }

    /// The policy as a whole.
    var ofPolicy: RuleOrigin {
        var origin = self
        origin.rule = nil
        return origin
    }

    /// Whether it is a NetworkPolicy of Kubernetes, which stands in no other tier than `default`.
    public var isKubernetes: Bool {
        policy.kind == "NetworkPolicy" && tier == Tier.standard.name
    }
}

extension RuleOrigin: CustomStringConvertible {
    /// The tier, the kind and name of the policy, and the rule:
    /// `security: GlobalNetworkPolicy block ingress[0] 'metadata'`. A NetworkPolicy of Kubernetes is
    /// named alone: `shop/allow-front`.
    public var description: String { [self].description }
}

extension [RuleOrigin] {
    /// The origins as text, in parts that follow each other without a gap.
    ///
    /// Each part is an origin. What it has in common with the one before is not repeated:
    /// `security: GlobalNetworkPolicy block ingress[0], ingress[2], trust ingress[1]; default:
    /// NetworkPolicy shop/allow-front`. Where all are NetworkPolicies of Kubernetes, these are named
    /// alone.
    public var parts: [String] {
        allSatisfy(\.isKubernetes)
            ? enumerated().map { ($0 == 0 ? "" : ", ") + $1.policy.description }
            : parts(namingKinds: true)
    }

    /// The same without the kinds of policies, for a place that these are known at:
    /// `security: block ingress[0], ingress[2], trust ingress[1]; default: shop/allow-front`.
    public var partsWithoutKinds: [String] { parts(namingKinds: false) }

    private func parts(namingKinds: Bool) -> [String] {
        var parts: [String] = []
        var former: RuleOrigin?
        for origin in self {
            parts.append(origin.text(after: former, namingKind: namingKinds))
            former = origin
        }
        return parts
    }

    /// All of them as text.
    public var description: String { parts.joined() }
}

extension RuleOrigin {
    fileprivate func text(after former: RuleOrigin?, namingKind: Bool) -> String {
        var words: [String] = []
        var separator = former == nil ? "" : ", "
        // The kind says where profiles stand.
        let isProfile = tier == Profile.tier.name
        if former?.tier != tier {
            separator = former == nil ? "" : "; "
            if !isProfile { words.append("\(tier):") }
        }
        if namingKind || isProfile,
            former?.tier != tier || former?.policy.kind != policy.kind
        {
            words.append(policy.kind)
        }
        if former?.tier != tier || former?.policy != policy { words.append("\(policy)") }
        if let rule { words.append("\(rule)") }
        return separator + words.joined(separator: " ")
    }
}

extension RuleOrigin.RulePlace: CustomStringConvertible {
    /// `ingress[2]`, and behind it the name: `ingress[2] 'metadata'`.
    public var description: String {
        "\(direction)[\(index)]" + (name.map { " '\($0)'" } ?? "")
    }
}
