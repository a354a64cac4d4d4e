// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A group of policies that is asked as a whole; the tiers are asked in order.
///
/// A tier none of whose policies selects the endpoint (in the direction asked) is passed over.
/// Otherwise the first rule that matches decides, and a packet that none matches meets the tier's
/// default action.
public struct Tier: Hashable, Sendable {
    /// What becomes of a packet that no rule of the tier matches.
    public enum DefaultAction: Hashable, Sendable {
        /// The packet is denied: policies of this tier isolate the endpoints they select.
        case deny
        /// The packet goes on to the next tier.
        case pass
    }

    /// Unique among tiers.
    public var name: String
    /// Lower is earlier; tiers of equal order follow their names.
    public var order: Double
    /// For packets that no rule of the tier matches.
    public var defaultAction: DefaultAction

    /// A tier of this name and place.
    public init(name: String, order: Double, defaultAction: DefaultAction) {
        self.name = name
        self.order = order
        self.defaultAction = defaultAction
    }

    /// The tier of Kubernetes NetworkPolicies.
    public static let standard = Tier(name: "default", order: 1_000_000, defaultAction: .deny)
    /// The tier of cluster-wide policies before NetworkPolicies (S52).
    public static let admin = Tier(name: "kube-admin", order: 1_000, defaultAction: .pass)
    /// The tier of cluster-wide policies behind NetworkPolicies (S52).
    public static let baseline = Tier(
        name: "kube-baseline", order: 10_000_000, defaultAction: .pass)
    /// The tiers that every cluster has.
    public static let builtIn = [admin, standard, baseline]
}

extension Tier: Comparable {
    /// The order in which tiers are asked.
    public static func < (left: Tier, right: Tier) -> Bool {
        (left.order, left.name) < (right.order, right.name)
    }
}
