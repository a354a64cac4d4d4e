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
    /// Whether it is a NetworkPolicy of Kubernetes, which stands in no other tier than `default`.
    public let isKubernetes: Bool
    private let hash: Int
    private let whole: RuleOrigin?
    /// The policy and the rule as comments have them.
    fileprivate let policyText: String
    fileprivate let ruleText: String

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
        policyText = policy.id.description
        ruleText = ""
        isKubernetes =
            policy.id.kind == "NetworkPolicy" && policy.tier == Tier.standard.name
        identity =
            isKubernetes
            ? policyText : "\(policy.tier.debugDescription) \(policy.id.kind) \(policyText)"
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
        policyText = whole.policyText
        isKubernetes = whole.isKubernetes
        if isKubernetes {
            rule = nil
            identity = whole.identity
            ruleText = ""
        } else {
            let place = RulePlace(direction: direction, index: index, name: name)
            rule = place
            ruleText = place.description
            identity = "\(whole.identity) \(place.position) \(name?.debugDescription ?? "")"
        }
        hash = identity.hashValue
    }

    /// The policy as a whole.
    package var ofPolicy: RuleOrigin { whole ?? self }
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
    /// The origins as text, in parts that follow each other without a gap, each made when it is
    /// asked for: of long lists few are.
    ///
    /// Each part is an origin. What it has in common with the one before is not repeated:
    /// `security: GlobalNetworkPolicy block ingress[0], ingress[2], trust ingress[1]; default:
    /// NetworkPolicy shop/allow-front`. Where all are NetworkPolicies of Kubernetes, these are named
    /// alone.
    public var parts: LazyMapCollection<Range<Int>, String> { parts(namingKinds: true) }

    /// The same without the kinds of policies, for a place that these are known at:
    /// `security: block ingress[0], ingress[2], trust ingress[1]; default: shop/allow-front`.
    public var partsWithoutKinds: LazyMapCollection<Range<Int>, String> {
        parts(namingKinds: false)
    }

    private func parts(namingKinds: Bool) -> LazyMapCollection<Range<Int>, String> {
        let areNamedAlone = namingKinds && allSatisfy(\.isKubernetes)
        return indices.lazy.map { [self] position in
            if areNamedAlone { return (position == 0 ? "" : ", ") + self[position].policyText }
            return self[position].text(
                after: position == 0 ? nil : self[position - 1], namingKind: namingKinds)
        }
    }

    /// All of them as text.
    public var description: String { parts.joined() }
}

extension RuleOrigin {
    fileprivate func text(after former: RuleOrigin?, namingKind: Bool) -> String {
        let isOtherTier = former?.tier != tier
        var text = former == nil ? "" : isOtherTier ? "; " : ", "
        let start = text.utf8.count
        func append(_ word: String) {
            if text.utf8.count > start { text += " " }
            text += word
        }
        // The kind says where profiles stand.
        let isProfile = tier == Profile.tier.name
        if isOtherTier, !isProfile { append(tier + ":") }
        if namingKind || isProfile, isOtherTier || former?.policy.kind != policy.kind {
            append(policy.kind)
        }
        if isOtherTier || former?.policy != policy { append(policyText) }
        if rule != nil { append(ruleText) }
        return text
    }
}

extension RuleOrigin.RulePlace: CustomStringConvertible {
    /// `ingress[2]`, and behind it the name: `ingress[2] 'metadata'`.
    public var description: String { position + (name.map { " '\($0)'" } ?? "") }

    /// `ingress[2]`. Of the direction its raw value, because case names are looked up in metadata.
    fileprivate var position: String { "\(direction.rawValue)[\(index)]" }
}
