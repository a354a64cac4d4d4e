// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Whether what a rule asks besides the other side and the destination port holds for a packet
/// (``RuleConditions``).
public struct ConditionsExplanation: Hashable, Sendable {
    /// The family that is asked for, where one is.
    public var family: AddressFamily?
    /// The packet's family.
    public var packetFamily: AddressFamily
    /// Entries that take the packet out if one of them matches.
    public var exceptPorts: [PortExplanation]
    /// Whether the source port is meant.
    public var sourcePorts: PortsExplanation
    /// Entries about the source port that take the packet out if one of them matches.
    public var exceptSourcePorts: [PortExplanation]
    /// Whether the subject's own address is meant.
    public var own: PeersExplanation

    /// Whether the packet's family is meant.
    public var isFamilyMatch: Bool { family == nil || family == packetFamily }

    /// Whether all of it holds.
    public var isMatch: Bool {
        isFamilyMatch && own.isMatch && !exceptPorts.contains(where: \.isMatch)
            && sourcePorts.isMatch && !exceptSourcePorts.contains(where: \.isMatch)
    }

    /// What does not hold, in words; empty where all does.
    ///
    /// - Parameter direction: which side the rule is about.
    public func objections(_ packet: PacketDescription, _ direction: Direction) -> [String] {
        var objections: [String] = []
        if !isFamilyMatch, let family {
            objections.append("it is about \(family.wording) only")
        }
        if !own.isMatch {
            let address = packet.subject(direction)
            if case .only(let peers) = own, !peers.isEmpty {
                objections += peers.map {
                    "its own side, \($0.peer.wording), does not hold: \($0.reason(address))"
                }
            } else {
                objections.append("its own side is nobody")
            }
        }
        objections += exceptPorts.filter(\.isMatch).map { "it excepts \($0.port.wording)" }
        if !sourcePorts.isMatch {
            let port = packet.sourcePort.map { "source port \($0)" } ?? "the source port"
            objections.append("\(port) is not covered")
        }
        objections += exceptSourcePorts.filter(\.isMatch).map {
            "it excepts source port \($0.port.wording)"
        }
        return objections
    }
}
