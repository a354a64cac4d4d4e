// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What a tier's policies say about one side of a packet.
public struct TierExplanation: Hashable, Sendable {
    /// What ends the asking of a tier.
    public enum Outcome: Hashable, Sendable {
        /// A rule allows or denies the packet.
        case decided(RuleReference)
        /// A rule passes the packet on to the next tier (S53).
        case passed(by: RuleReference)
        /// No rule decides, and the tier denies by default.
        case deniedByDefault
        /// No rule decides, and the tier denies by default, which spares an endpoint's packets to
        /// itself (S23).
        case sparedByDefault
        /// No rule decides, and the tier passes by default (S55).
        case passedByDefault
    }

    /// The tier's name.
    public var name: String
    /// Its policies that govern the subject in the direction, in order.
    public var policies: [PolicyExplanation]
    /// How the asking ended.
    public var outcome: Outcome
}

/// What a policy's rules say about one side of a packet.
public struct PolicyExplanation: Hashable, Sendable {
    /// The policy.
    public var policy: PolicyID
    /// The rules that were asked, in order: up to the one that decides.
    public var rules: [RuleExplanation]
    /// How many rules the policy has for the direction.
    public var ruleCount: Int
    /// Whether an earlier policy of the tier had decided already.
    public var isReached: Bool
}

/// Whether a rule matches a packet, and why or why not.
public struct RuleExplanation: Hashable, Sendable {
    /// Its policy and position.
    public var reference: RuleReference
    /// What it does with the packets that it matches.
    public var action: Action
    /// Whether the packet's other side is meant.
    public var peers: PeersExplanation
    /// Whether the packet's protocol and port are meant.
    public var ports: PortsExplanation

    /// What else the rule asks of the packet.
    public var conditions: ConditionsExplanation
    /// What its author calls it; nil where it has no name.
    public var name: String?

    /// Whether all conditions hold.
    public var isMatch: Bool { peers.isMatch && ports.isMatch && conditions.isMatch }
}
