// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Explanation {
    /// What is missing where a tier's default denies the packet: the rules that come closest, each
    /// in a sentence. Empty where nothing simple can be said.
    public func hints(_ direction: Direction) -> [String] {
        let side = side(direction)
        guard case .isolated(let name, _) = side.decision,
            let tier = side.tiers.first(where: { $0.name == name })
        else { return [] }
        let rules = tier.policies.flatMap(\.rules).filter { $0.action == .allow }
        guard !rules.isEmpty else {
            return ["there is no \(direction) rule at all in the policies that govern it"]
        }
        let traffic =
            packet.destinationPort.map { "\($0)/\(packet.transport)" }
            ?? packet.transport.wording
        let byCondition = rules.filter { $0.peers.isMatch && $0.ports.isMatch }
        if !byCondition.isEmpty {
            return byCondition.map { rule in
                let objections = rule.conditions.objections(packet, direction)
                return "\(rule.reference) covers this peer and \(traffic), but "
                    + objections.joined(separator: ", and ")
            }
        }
        let byPeer = rules.filter(\.peers.isMatch)
        if !byPeer.isEmpty {
            return byPeer.map { "\($0.reference) covers this peer, but only for \($0.portsText)" }
        }
        let byPort = rules.filter(\.ports.isMatch)
        if byPort.isEmpty {
            return [
                "no \(direction) rule of these policies covers this peer, and none covers \(traffic)"
            ]
        }
        return byPort.map { "\($0.reference) covers \(traffic), but not this peer" }
    }
}

extension RuleExplanation {
    fileprivate var portsText: String {
        guard case .only(let ports) = ports, !ports.isEmpty else { return "no port" }
        let texts = ports.map(\.port.wording)
        return texts.prefix(6).joined(separator: ", ")
            + (texts.count > 6 ? " and \(texts.count - 6) more" : "")
    }
}
