// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// What becomes of a connection between two addresses, and why.
struct ExplainedFlow {
    let packet: PacketDescription
    /// How the node sees it that is asked about egress.
    let sending: Explanation
    /// How the node sees it that is asked about ingress; often the same node.
    let receiving: Explanation
    /// The packet's way through the ruleset of each node that is asked.
    private(set) var rulesets: [RulesetFate]

    init(
        _ packet: PacketDescription, _ ends: [ResolvedParty], _ state: ClusterState,
        only node: String?, _ rulesets: Rulesets
    ) {
        self.init(packet, ends, state, only: node, rulesets: [])
        let views = sending.node == receiving.node ? [sending] : [sending, receiving]
        self.rulesets = views.compactMap { rulesets.fate(of: $0) }
    }

    /// A flow by the policies alone, or with the ways through rulesets that are known.
    init(
        _ packet: PacketDescription, _ ends: [ResolvedParty], _ state: ClusterState,
        only node: String?, rulesets: [RulesetFate]
    ) {
        self.packet = packet
        // An end outside has no node; its side is told as the other end's node sees it.
        let sender = node ?? ends[0].node ?? ends[1].node ?? ""
        let receiver = node ?? ends[1].node ?? ends[0].node ?? ""
        let sending = Explainer(state, localNode: sender).explain(packet)
        let receiving =
            receiver == sender
            ? sending : Explainer(state, localNode: receiver).explain(packet)
        self.sending = sending
        self.receiving = receiving
        self.rulesets = rulesets
    }

    var egress: DirectionExplanation { sending.egress }
    var ingress: DirectionExplanation { receiving.ingress }

    var isAllowed: Bool { egress.decision.isAllowed && ingress.decision.isAllowed }
}
