// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What one node's policies say about a packet, with every reason: the decision of
/// ``ReferenceEvaluator``, and the way there.
public struct Explanation: Hashable, Sendable {
    /// The packet that is judged.
    public var packet: PacketDescription
    /// The name of the node that judges it.
    public var node: String
    /// The say of the policies of the packet's source.
    public var egress: DirectionExplanation
    /// The say of the policies of the packet's destination.
    public var ingress: DirectionExplanation

    /// Both directions' decisions.
    public var decision: Decision {
        Decision(egress: egress.decision, ingress: ingress.decision)
    }

    /// The explanation of one side.
    public func side(_ direction: Direction) -> DirectionExplanation {
        switch direction {
        case .egress: egress
        case .ingress: ingress
        }
    }
}

/// What the policies of one side of a packet say, and why.
public struct DirectionExplanation: Hashable, Sendable {
    /// The side: the sender's on egress, the receiver's on ingress.
    public var direction: Direction
    /// What the address of this side is to the node.
    public var subject: Standing
    /// What the other side's address is to the node.
    public var peer: Standing
    /// The tiers that have a policy for the subject, in order, as far as they are asked.
    public var tiers: [TierExplanation]
    /// The policies that might have been expected to govern the subject here and do not, in order.
    public var bystanders: [Bystander]
    /// What comes of it.
    public var decision: DirectionDecision
}

/// A policy that does not govern an endpoint in a direction, and why not.
public struct Bystander: Hashable, Sendable {
    /// Why a policy stands aside.
    public enum Reason: Hashable, Sendable {
        /// It selects the endpoint, but is about the other direction only (S3).
        case otherDirection
        /// It stands in the endpoint's namespace, but does not select the endpoint.
        case notSelected(SelectionGap)
    }

    /// The policy.
    public var policy: PolicyID
    /// Why it does not govern the endpoint.
    public var reason: Reason
}
