// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyModel
import PolicyVerification

extension Explanation {
    /// One side of the packet for machines.
    func json(_ direction: Direction) -> JSONValue {
        let side = side(direction)
        return .object([
            "node": .string(node),
            "endpoint": side.subject.endpoint.map { .string("\($0)") } ?? .null,
            "allowed": .bool(side.decision.isAllowed),
            "decision": .string(side.decision.word),
            "reason": .string(side.summary),
            "hints": .array(hints(direction).map { .string($0) }),
            "tiers": .array(
                side.tiers.map { tier in
                    .object([
                        "name": .string(tier.name), "outcome": .string(tier.outcome.word),
                        "policies": .array(
                            tier.policies.map { policy in
                                policy.json(rules: policy.rules.map(json))
                            }),
                    ])
                }),
            "notAsked": .array(side.bystanders.map(\.json)),
        ])
    }

    private func json(_ rule: RuleExplanation) -> JSONValue {
        let direction = rule.reference.direction
        let address = direction == .egress ? packet.destination : packet.source
        var members: [JSONValue.Member] = [
            .init(key: "index", value: .number(UInt64(rule.reference.index))),
            .init(key: "action", value: .string(rule.action.wording)),
            .init(key: "matches", value: .bool(rule.isMatch)),
            .init(key: "peersMatch", value: .bool(rule.peers.isMatch)),
            .init(key: "portsMatch", value: .bool(rule.ports.isMatch)),
            .init(key: "conditionsMatch", value: .bool(rule.conditions.isMatch)),
        ]
        if let name = rule.name { members.append(.init(key: "name", value: .string(name))) }
        if !rule.conditions.isMatch {
            let objections = rule.conditions.objections(packet, direction)
            members.append(
                .init(key: "conditions", value: .array(objections.map { .string($0) })))
        }
        // Absent where the rule means everybody, or every port.
        if case .only(let peers) = rule.peers {
            members.append(
                .init(
                    key: "peers",
                    value: .array(
                        peers.map { .entry($0.peer.wording, $0.isMatch, $0.reason(address)) })))
        }
        if case .only(let ports) = rule.ports {
            members.append(
                .init(
                    key: "ports",
                    value: .array(
                        ports.map { .entry($0.port.wording, $0.isMatch, $0.reason(packet)) })))
        }
        return .object(members)
    }
}

extension PolicyExplanation {
    fileprivate func json(rules: [JSONValue]) -> JSONValue {
        var members = policy.members
        members.append(.init(key: "asked", value: .bool(isReached)))
        members.append(.init(key: "ruleCount", value: .number(UInt64(ruleCount))))
        members.append(.init(key: "rules", value: .array(rules)))
        return .object(members)
    }
}

extension Bystander {
    fileprivate var json: JSONValue {
        let text =
            switch reason {
            case .otherDirection: "it governs the other direction only"
            case .notSelected(let gap): "\(gap)"
            }
        return .object(policy.members + [.init(key: "reason", value: .string(text))])
    }
}

extension PolicyID {
    fileprivate var members: [JSONValue.Member] {
        [
            .init(key: "kind", value: .string(kind)),
            .init(key: "namespace", value: namespace.map { .string($0) } ?? .null),
            .init(key: "name", value: .string(name)),
        ]
    }
}

extension JSONValue {
    fileprivate static func entry(
        _ text: String, _ isMatch: Bool, _ reason: String
    ) -> JSONValue {
        .object([
            "text": .string(text), "matches": .bool(isMatch), "reason": .string(reason),
        ])
    }
}

extension DirectionDecision {
    /// The kind of decision in one word.
    fileprivate var word: String {
        switch self {
        case .notSubject: "notGoverned"
        case .unselected: "unselected"
        case .exempt(.node): "exemptNode"
        case .exempt(.neighbourDiscovery): "exemptNeighbourDiscovery"
        case .exempt(.ownAddress): "exemptOwnAddress"
        case .exempt(.failsafe): "exemptFailsafe"
        case .exempt(.tunnel): "exemptTunnel"
        case .allowed: "allowedByRule"
        case .denied: "deniedByRule"
        case .isolated: "isolated"
        case .passed: "passed"
        }
    }
}

extension TierExplanation.Outcome {
    fileprivate var word: String {
        switch self {
        case .decided: "decided"
        case .passed: "passed"
        case .deniedByDefault: "deniedByDefault"
        case .sparedByDefault: "sparedByDefault"
        case .passedByDefault: "passedByDefault"
        }
    }
}
