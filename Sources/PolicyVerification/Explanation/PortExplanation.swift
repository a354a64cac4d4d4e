// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Whether a rule means a packet's protocol and port.
public enum PortsExplanation: Hashable, Sendable {
    /// The rule names no ports, so it means every packet (S6).
    case all
    /// The rule's ports, in order; no ports mean no packet.
    case only([PortExplanation])

    /// Whether the rule means the packet's protocol and port.
    public var isMatch: Bool {
        switch self {
        case .all: true
        case .only(let ports): ports.contains(where: \.isMatch)
        }
    }
}

/// Whether one entry of a rule's ports means a packet, and why or why not.
public struct PortExplanation: Hashable, Sendable {
    /// Why an entry means a packet or does not.
    public enum Outcome: Hashable, Sendable {
        /// Protocol and number fit.
        case matches
        /// The owner of the address at that end gives the name this number.
        case resolved(EndpointID)
        /// The packet has another protocol (S31, S32).
        case otherProtocol
        /// The packet has no port.
        case withoutPort
        /// The packet's port is another number.
        case otherNumber
        /// The message has another type than the entry's.
        case otherType
        /// The message has the type, and another code.
        case otherCode
        /// Names mean endpoints' ports only, and no endpoint owns the address (S28).
        case noEndpoint
        /// The owner of the address does not define the name (S29).
        case undefined(EndpointID)
        /// The owner of the address defines the name otherwise.
        case definedAs([NamedPort], EndpointID)
    }

    /// The entry as the model has it.
    public var port: PortMatch
    /// Why it means the packet or does not.
    public var outcome: Outcome
    /// Whose port is asked for.
    public var end = PacketEnd.destination

    /// Whether the entry means the packet.
    public var isMatch: Bool {
        switch outcome {
        case .matches, .resolved: true
        case .otherProtocol, .withoutPort, .otherNumber, .otherType, .otherCode, .noEndpoint,
            .undefined, .definedAs:
            false
        }
    }
}
