// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Explainer {
    /// One side of one packet, with what every rule asks of it found out once.
    struct Context {
        let direction: Direction
        private let evaluator: ReferenceEvaluator
        private let packet: PacketDescription
        private let peer: Endpoint?
        private let destination: Endpoint?

        init(_ evaluator: ReferenceEvaluator, _ packet: PacketDescription, _ direction: Direction) {
            self.evaluator = evaluator
            self.packet = packet
            self.direction = direction
            peer = evaluator.owner(of: packet.peer(direction))
            destination = evaluator.owner(of: packet.destination)
        }
    }
}

extension Explainer.Context {
    /// Asks a tier's policies, which all govern the subject, until a rule decides.
    func explain(_ tier: Tier, _ policies: [Policy]) -> TierExplanation {
        var decision: RuleExplanation?
        var explanations: [PolicyExplanation] = []
        for policy in policies {
            let rules = policy.rules(direction) ?? []
            var explanation = PolicyExplanation(
                policy: policy.id, rules: [], ruleCount: rules.count, isReached: decision == nil)
            for (index, rule) in rules.enumerated() where decision == nil {
                let asked = explain(
                    rule, RuleReference(policy: policy.id, direction: direction, index: index))
                explanation.rules.append(asked)
                if asked.isMatch, asked.action != .log { decision = asked }
            }
            explanations.append(explanation)
        }
        return TierExplanation(
            name: tier.name, policies: explanations, outcome: outcome(of: tier, decision))
    }

    private func outcome(
        of tier: Tier, _ decision: RuleExplanation?
    ) -> TierExplanation.Outcome {
        if let decision {
            return decision.action == .pass
                ? .passed(by: decision.reference) : .decided(decision.reference)
        }
        switch tier.defaultAction {
        case .pass: return .passedByDefault
        case .deny: return evaluator.isToItself(packet) ? .sparedByDefault : .deniedByDefault
        }
    }

    /// What a rule that was asked does with its packets.
    func action(of rule: RuleReference, in tier: TierExplanation) -> Action? {
        tier.policies.lazy.flatMap(\.rules).first { $0.reference == rule }?.action
    }

    private func explain(_ rule: Rule, _ reference: RuleReference) -> RuleExplanation {
        let peers: PeersExplanation =
            switch rule.peers {
            case .anyone: .anyone
            case .only(let peers):
                .only(peers.map { PeerExplanation(peer: $0, outcome: outcome(of: $0)) })
            }
        let ports: PortsExplanation =
            switch rule.ports {
            case .all: .all
            case .only(let ports):
                .only(ports.map { PortExplanation(port: $0, outcome: outcome(of: $0)) })
            }
        return RuleExplanation(
            reference: reference, action: rule.action, peers: peers, ports: ports)
    }

    private func outcome(of peer: Peer) -> PeerExplanation.Outcome {
        let address = packet.peer(direction)
        switch peer {
        case .endpoints(let selector):
            guard let owner = self.peer else { return .noEndpoint(evaluator.standing(of: address)) }
            return evaluator.gap(selector, owner).map { .notSelected($0) } ?? .selected(owner.id)
        case .network(let block, let exceptions):
            if block.family != address.family { return .otherFamily }
            guard block.contains(address) else { return .outsideBlock }
            return exceptions.first { $0.contains(address) }.map { .excepted($0) } ?? .inBlock
        case .addresses, .nodes, .service:
            return .outsideBlock
        }
    }

    private func outcome(of port: PortMatch) -> PortExplanation.Outcome {
        switch port {
        case .every(let transport):
            return packet.transport == transport ? .matches : .otherProtocol
        case .numbers(let transport, let range):
            if packet.transport != transport { return .otherProtocol }
            guard let number = packet.destinationPort else { return .withoutPort }
            return range.contains(number) ? .matches : .otherNumber
        case .named(let transport, let name):
            return outcome(ofName: name, transport)
        case .icmp(let transport, _, _):
            return packet.transport == transport ? .otherNumber : .otherProtocol
        }
    }

    /// A name stands for what the destination defines, in both directions (S27, S28).
    private func outcome(
        ofName name: String, _ transport: IPProtocol
    ) -> PortExplanation.Outcome {
        if packet.transport != transport { return .otherProtocol }
        guard let number = packet.destinationPort else { return .withoutPort }
        guard let destination else { return .noEndpoint }
        let wanted = NamedPort(name: name, transport: transport, number: number)
        if destination.namedPorts.contains(wanted) { return .resolved(destination.id) }
        let others = destination.namedPorts.filter { $0.name == name }
        return others.isEmpty
            ? .undefined(destination.id) : .definedAs(others, destination.id)
    }
}
