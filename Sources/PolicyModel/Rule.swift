// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// One rule: what to do with the packets that it matches.
public struct Rule: Hashable, Sendable {
    /// What becomes of a packet that peers and ports match.
    public var action: Action
    /// The other side of the packet: its source on ingress, its destination on egress.
    public var peers: Peers
    /// The packet's protocol and destination port.
    public var ports: Ports
    /// What else must hold for the packet; most rules ask nothing else.
    public var conditions: RuleConditions
    /// What its author calls it (`name` in ClusterNetworkPolicy); nil where it has no name.
    public var name: String?

    /// A rule; without peers and ports it matches every packet.
    public init(
        _ action: Action, peers: Peers = .anyone, ports: Ports = .all,
        conditions: RuleConditions = .none, name: String? = nil
    ) {
        self.action = action
        self.peers = peers
        self.ports = ports
        self.conditions = conditions
        self.name = name
    }
}

/// What a rule does with a packet that it matches.
public enum Action: Hashable, Sendable {
    /// Allowed in this direction; the other direction has its own say (S53).
    case allow
    /// Dropped.
    case deny
    /// Leaves the tier: the next one is asked.
    case pass
    /// Written to the kernel's log; then the next rule is asked (S61).
    case log
}
