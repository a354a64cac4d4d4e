// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What the policies say about a packet, and why.
public struct Decision: Hashable, Sendable {
    /// The say of the policies of the packet's source.
    public var egress: DirectionDecision
    /// The say of the policies of the packet's destination.
    public var ingress: DirectionDecision
    /// The say of the node's host endpoints; nil where none governs the packet.
    public var host: DirectionDecision?

    /// A value of these parts.
    public init(
        egress: DirectionDecision, ingress: DirectionDecision, host: DirectionDecision? = nil
    ) {
        self.egress = egress
        self.ingress = ingress
        self.host = host
    }

    /// Whether the packet passes: nobody objects.
    public var isAllowed: Bool {
        egress.isAllowed && ingress.isAllowed && host?.isAllowed ?? true
    }
}

/// What one side's policies say about a packet, and why.
public enum DirectionDecision: Hashable, Sendable {
    /// Allowed: the address belongs to no policed endpoint of this node.
    case notSubject
    /// Allowed: no policy that governs this direction selects the endpoint (S2).
    case unselected
    /// Allowed before, or in spite of, what the policies say.
    case exempt(Exemption)
    /// Allowed by a rule.
    case allowed(by: RuleReference)
    /// Denied by a rule.
    case denied(by: RuleReference)
    /// Denied by a tier's default: these policies of the tier, in order, select the endpoint, and
    /// none of their rules decides.
    case isolated(tier: String, by: [PolicyID])
    /// Allowed: policies select the endpoint, and every tier passed the packet on.
    case passed

    /// Whether the packet may go on as far as this direction is concerned.
    public var isAllowed: Bool {
        switch self {
        case .notSubject, .unselected, .exempt, .allowed, .passed: true
        case .denied, .isolated: false
        }
    }
}

/// Why a packet passes whatever the policies say.
public enum Exemption: Hashable, Sendable {
    /// The other side is the node itself (S22).
    case node
    /// IPv6 neighbour discovery or multicast listener discovery (S44).
    case neighbourDiscovery
    /// The endpoint talks to itself, and no rule denies it (S23, S24).
    case ownAddress
    /// A port that stays open whatever host endpoints' policies say.
    case failsafe
    /// A tunnel between nodes, which host endpoints' policies cannot close (S89).
    case tunnel
}

/// A rule's place: its policy, and its position among the policy's rules for the direction.
public struct RuleReference: Hashable, Sendable {
    /// The policy that the rule belongs to.
    public var policy: PolicyID
    /// Which of its lists of rules.
    public var direction: Direction
    /// Counts from zero.
    public var index: Int

    /// A value of these parts.
    public init(policy: PolicyID, direction: Direction, index: Int) {
        self.policy = policy
        self.direction = direction
        self.index = index
    }
}

extension Decision: CustomStringConvertible {
    /// `denied (egress: no policy selects it; ingress: isolated by shop/allow-front)`.
    public var description: String {
        let host = host.map { "; host: \($0)" } ?? ""
        return
            "\(isAllowed ? "allowed" : "denied") (egress: \(egress); ingress: \(ingress)\(host))"
    }
}

extension DirectionDecision: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notSubject: "no policed endpoint of this node"
        case .unselected: "no policy selects it"
        case .exempt(.node): "exempt: the node itself"
        case .exempt(.neighbourDiscovery): "exempt: neighbour discovery"
        case .exempt(.failsafe): "exempt: failsafe port"
        case .exempt(.tunnel): "exempt: tunnel between nodes"
        case .exempt(.ownAddress): "exempt: its own address"
        case .allowed(let rule): "allowed by \(rule)"
        case .denied(let rule): "denied by \(rule)"
        case .isolated(let tier, []): "denied by \(tier)"
        case .isolated(let tier, let policies):
            "isolated in tier \(tier) by \(policies.map(\.description).joined(separator: ", "))"
        case .passed: "passed by every tier"
        }
    }
}

extension RuleReference: CustomStringConvertible {
    /// `NetworkPolicy shop/allow-front ingress[0]`.
    public var description: String { "\(policy.kind) \(policy) \(direction)[\(index)]" }
}
