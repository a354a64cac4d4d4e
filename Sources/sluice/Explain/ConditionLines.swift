// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// One line of what a rule asks: what it is about, and whether it holds.
struct RuleEntry {
    var label: String
    var text: String
}

/// What a rule asks besides peers and ports, as people read it; of most rules there is nothing.
struct ConditionLines {
    private let conditions: ConditionsExplanation
    private let packet: PacketDescription
    private let direction: Direction

    init(
        _ conditions: ConditionsExplanation, _ packet: PacketDescription, _ direction: Direction
    ) {
        self.conditions = conditions
        self.packet = packet
        self.direction = direction
    }

    var entries: [RuleEntry] {
        var entries: [RuleEntry] = []
        if let family = conditions.family {
            let text = "\(family.wording) only"
            entries.append(entry("family", conditions.isFamilyMatch, text, nil))
        }
        if case .only(let peers) = conditions.own {
            let address = direction == .ingress ? packet.destination : packet.source
            entries += peers.map {
                entry("own side", $0.isMatch, $0.peer.wording, $0.reason(address))
            }
        }
        entries += conditions.exceptPorts.map { exception("except", $0) }
        if case .only(let ports) = conditions.sourcePorts {
            entries += ports.map {
                entry("source port", $0.isMatch, $0.port.wording, $0.reason(packet))
            }
        }
        return entries + conditions.exceptSourcePorts.map { exception("except source port", $0) }
    }

    private func entry(
        _ label: String, _ holds: Bool, _ text: String, _ reason: String?
    ) -> RuleEntry {
        let words = reason.map { "\(text): \($0)" } ?? text
        return RuleEntry(label: label, text: "\(holds ? "yes" : "no ") \(words)")
    }

    /// An exception holds where its entry does not match.
    private func exception(_ label: String, _ port: PortExplanation) -> RuleEntry {
        entry(label, !port.isMatch, port.port.wording, port.reason(packet))
    }
}
