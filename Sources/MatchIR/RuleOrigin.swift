// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// From which policy, or which of its rules, something in a program comes.
///
/// Programs hold each of them many times and compare them often, so that they are objects and their
/// identity is made once.
public final class RuleOrigin: Sendable {
    /// The policy's tier.
    public let tier: String
    /// The policy.
    public let policy: PolicyID
    /// The rule; nil where the whole policy is meant.
    public let rule: RulePlace?
    /// Text that no other origin has, whatever names their authors chose.
    package let identity: String
    private let hash: Int
    private let whole: RuleOrigin?

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
        rule = nil
        whole = nil
        identity =
            Self.isKubernetes(policy.id, policy.tier)
            ? policy.id.description
            : "\(policy.tier.debugDescription) \(policy.id.kind) \(policy.id)"
        hash = identity.hashValue
    }

    /// A rule of a policy.
    ///
    /// Of Kubernetes' NetworkPolicies all rules together decide, and packets meet sets in which many of
    /// them are one, so that none stands out.
    ///
    /// - Parameter whole: the policy.
    init(_ whole: RuleOrigin, _ direction: Direction, rule index: Int, name: String?) {
        tier = whole.tier
        policy = whole.policy
        self.whole = whole
        if whole.isKubernetes {
            rule = nil
            identity = whole.identity
        } else {
            rule = RulePlace(direction: direction, index: index, name: name)
            identity = "\(whole.identity) \(direction)[\(index)] \(name?.debugDescription ?? "")"
        }
        hash = identity.hashValue
    }

    /// The policy as a whole.
    package var ofPolicy: RuleOrigin { whole ?? self }

    /// Whether it is a NetworkPolicy of Kubernetes, which stands in no other tier than `default`.
    public var isKubernetes: Bool { Self.isKubernetes(policy, tier) }

    private static func isKubernetes(_ policy: PolicyID, _ tier: String) -> Bool {
        policy.kind == "NetworkPolicy" && tier == Tier.standard.name
    }
}

extension RuleOrigin: Hashable {
    public static func == (one: RuleOrigin, other: RuleOrigin) -> Bool {
        one === other || one.hash == other.hash && one.identity == other.identity
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
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
