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
        private let subject: Endpoint?

        /// The side of the packet of which a condition speaks.
        enum Side {
            case peer, own
        }

        init(_ evaluator: ReferenceEvaluator, _ packet: PacketDescription, _ direction: Direction) {
            self.evaluator = evaluator
            self.packet = packet
            self.direction = direction
            peer = evaluator.owner(of: packet.peer(direction))
            subject = evaluator.owner(of: packet.subject(direction))
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
        let conditions = rule.conditions
        return RuleExplanation(
            reference: reference, action: rule.action, peers: outcome(of: rule.peers, .peer),
            ports: outcome(of: rule.ports, .destination),
            conditions: ConditionsExplanation(
                family: conditions.family, packetFamily: packet.source.family,
                exceptPorts: conditions.exceptPorts.map { outcome(of: $0, .destination) },
                sourcePorts: outcome(of: conditions.sourcePorts, .source),
                exceptSourcePorts: conditions.exceptSourcePorts.map { outcome(of: $0, .source) },
                own: outcome(of: conditions.own, .own)),
            name: rule.name)
    }

    private func outcome(of peers: Peers, _ side: Side) -> PeersExplanation {
        guard case .only(let peers) = peers else { return .anyone }
        return .only(peers.map { PeerExplanation(peer: $0, outcome: outcome(of: $0, side)) })
    }

    private func outcome(of ports: Ports, _ end: PacketEnd) -> PortsExplanation {
        guard case .only(let ports) = ports else { return .all }
        return .only(ports.map { outcome(of: $0, end) })
    }

    private func outcome(of peer: Peer, _ side: Side) -> PeerExplanation.Outcome {
        let address = side == .peer ? packet.peer(direction) : packet.subject(direction)
        let owner = side == .peer ? self.peer : subject
        switch peer {
        case .endpoints(let selector):
            return evaluator.selection(of: address, owner, by: selector)
        case .network(let block, let exceptions):
            if block.family != address.family { return .otherFamily }
            guard block.contains(address) else { return .outsideBlock }
            return exceptions.first { $0.contains(address) }.map { .excepted($0) } ?? .inBlock
        case .addresses(let match):
            return .conditions(
                match.conditions(address) { evaluator.selection(of: address, owner, by: $0) })
        case .nodes(let selector):
            return evaluator.selection(of: address, byNodes: selector)
        case .service(let id):
            let isDestination = (side == .own) == (direction == .ingress)
            return evaluator.selection(
                of: address, behind: id, isDestination ? packet : nil)
        }
    }

    private func outcome(of port: PortMatch, _ end: PacketEnd) -> PortExplanation {
        PortExplanation(port: port, outcome: portOutcome(port, end), end: end)
    }

    private func portOutcome(_ port: PortMatch, _ end: PacketEnd) -> PortExplanation.Outcome {
        switch port {
        case .every(let transport):
            return packet.transport == transport ? .matches : .otherProtocol
        case .numbers(let transport, let range):
            if packet.transport != transport { return .otherProtocol }
            guard let number = packet.port(end) else { return .withoutPort }
            return range.contains(number) ? .matches : .otherNumber
        case .named(let transport, let name):
            return outcome(ofName: name, transport, end)
        case .icmp(let transport, let type, let code):
            if packet.transport != transport { return .otherProtocol }
            guard packet.icmpType == type else { return .otherType }
            return code == nil || packet.icmpCode == code ? .matches : .otherCode
        }
    }

    /// A name stands for what the owner of the address at that end defines, in both directions (S27,
    /// S28).
    private func outcome(
        ofName name: String, _ transport: IPProtocol, _ end: PacketEnd
    ) -> PortExplanation.Outcome {
        if packet.transport != transport { return .otherProtocol }
        guard let number = packet.port(end) else { return .withoutPort }
        guard let owner = evaluator.owner(of: packet.address(end)) else { return .noEndpoint }
        let wanted = NamedPort(name: name, transport: transport, number: number)
        if owner.namedPorts.contains(wanted) { return .resolved(owner.id) }
        let others = owner.namedPorts.filter { $0.name == name }
        return others.isEmpty ? .undefined(owner.id) : .definedAs(others, owner.id)
    }
}
