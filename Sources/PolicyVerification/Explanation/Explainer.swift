// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Says of single packets what the policies decide and why, down to the conditions of each rule.
///
/// It decides as ``ReferenceEvaluator`` does, by the same rules over the same model, and keeps the
/// reasons.
///
/// - Complexity: O(endpoints + policies × rules) for each packet.
public struct Explainer: Sendable {
    let evaluator: ReferenceEvaluator

    /// - Parameters:
    ///   - state: the whole cluster.
    ///   - localNode: the name of the node that forwards the packets.
    public init(_ state: ClusterState, localNode: String) {
        evaluator = ReferenceEvaluator(state, localNode: localNode)
    }

    /// The decision on a connection's first packet, with its reasons.
    public func explain(_ packet: PacketDescription) -> Explanation {
        let exemption = evaluator.exemption(packet)
        return Explanation(
            packet: packet, node: evaluator.localNode,
            egress: explain(packet, .egress, exemption),
            ingress: explain(packet, .ingress, exemption))
    }

    private func explain(
        _ packet: PacketDescription, _ direction: Direction, _ exemption: Exemption?
    ) -> DirectionExplanation {
        var explanation = DirectionExplanation(
            direction: direction, subject: evaluator.standing(of: packet.subject(direction)),
            peer: evaluator.standing(of: packet.peer(direction)), tiers: [], bystanders: [],
            decision: .notSubject)
        if let exemption {
            explanation.decision = .exempt(exemption)
            return explanation
        }
        guard let subject = evaluator.owner(of: packet.subject(direction)),
            subject.node == evaluator.localNode, subject.id.kind != .host
        else { return explanation }
        let context = Context(evaluator, packet, direction)
        explanation.bystanders = bystanders(of: subject, direction)
        explanation.decision = decide(context, subject, &explanation.tiers)
        return explanation
    }

    /// Asks the tiers in order, and keeps what each said.
    private func decide(
        _ context: Context, _ subject: Endpoint, _ tiers: inout [TierExplanation]
    ) -> DirectionDecision {
        let direction = context.direction
        let profiles = evaluator.profiles(of: subject)
        let governing =
            evaluator.state.policies.filter {
                $0.rules(direction) != nil && evaluator.selects($0.subject, subject)
            } + (profiles ?? [])
        if governing.isEmpty, profiles == nil { return .unselected }
        for tier in evaluator.tiers + (profiles == nil ? [] : [Profile.tier]) {
            let policies = governing.filter { $0.tier == tier.name }.sorted { $0.precedes($1) }
            if policies.isEmpty, tier != Profile.tier { continue }
            let explanation = context.explain(tier, policies)
            tiers.append(explanation)
            switch explanation.outcome {
            case .decided(let rule):
                return context.action(of: rule, in: explanation) == .allow
                    ? .allowed(by: rule) : .denied(by: rule)
            case .passed, .passedByDefault: continue
            case .sparedByDefault: return .exempt(.ownAddress)
            case .deniedByDefault: return .isolated(tier: tier.name, by: policies.map(\.id))
            }
        }
        return .passed
    }

    /// The policies that somebody might have meant to govern the subject: those of its namespace
    /// that do not select it, and those that select it for the other direction.
    private func bystanders(of subject: Endpoint, _ direction: Direction) -> [Bystander] {
        evaluator.state.policies.sorted { $0.id < $1.id }.compactMap { policy in
            guard let gap = evaluator.gap(policy.subject, subject) else {
                return policy.rules(direction) == nil
                    ? Bystander(policy: policy.id, reason: .otherDirection) : nil
            }
            guard policy.rules(direction) != nil, policy.id.namespace == subject.id.namespace
            else { return nil }
            return Bystander(policy: policy.id, reason: .notSelected(gap))
        }
    }
}
