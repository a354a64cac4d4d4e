// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// What a rule asks of a packet besides the other side's address and the destination port. All of it
/// must hold.
public struct RuleConditions: Hashable, Sendable {
    /// The packet's family; nil for both (`ipVersion`).
    public var family: AddressFamily?
    /// Packets that any of these matches are not meant, though ``Rule/ports`` match them
    /// (`notProtocol`, `notICMP`, `destination.notPorts`).
    public var exceptPorts: [PortMatch]
    /// The source port.
    public var sourcePorts: Ports
    /// Packets whose source port any of these matches are not meant (`source.notPorts`).
    public var exceptSourcePorts: [PortMatch]
    /// The address of the subject itself: the packet's destination on ingress, its source on egress.
    public var own: Peers

    /// Conditions of these parts; without any they hold for every packet.
    public init(
        family: AddressFamily? = nil, exceptPorts: [PortMatch] = [], sourcePorts: Ports = .all,
        exceptSourcePorts: [PortMatch] = [], own: Peers = .anyone
    ) {
        self.family = family
        self.exceptPorts = exceptPorts
        self.sourcePorts = sourcePorts
        self.exceptSourcePorts = exceptSourcePorts
        self.own = own
    }

    /// Nothing is asked.
    public static let none = Self()
}
