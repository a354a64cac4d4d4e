// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyModel
import PolicyVerification

/// What would become of a connection if the staged policies were enforced.
struct StagedVerdict {
    /// Whether the packet would pass in every family.
    let isAllowed: Bool
    /// The families whose verdict would be another, each with why.
    let changes: [Change]

    /// One family's verdict, which would be another.
    struct Change {
        let packet: PacketDescription
        let isAllowed: Bool
        let reason: String
    }

    /// Nil if no policy is staged.
    init?(
        _ flows: [ExplainedFlow], _ ends: [ResolvedParty], _ state: ClusterState, only node: String?
    ) {
        if state.stagedPolicies.isEmpty { return nil }
        let enforced = state.withStagedEnforced
        let after = flows.map {
            ExplainedFlow($0.packet, ends, enforced, only: node, rulesets: [])
        }
        isAllowed = after.allSatisfy(\.isAllowed)
        changes = zip(flows, after).compactMap { flow, after in
            if flow.isAllowed == after.isAllowed { return nil }
            // What newly denies, or what denied and no longer does.
            let isEgress = flow.egress.decision.isAllowed != after.egress.decision.isAllowed
            return Change(
                packet: flow.packet, isAllowed: after.isAllowed,
                reason: isEgress
                    ? "egress: \(after.egress.summary)" : "ingress: \(after.ingress.summary)")
        }
    }

    /// What a person should know; nil if the verdict would be the same.
    var note: String? {
        guard let first = changes.first else { return nil }
        return "with the staged policies enforced it would be "
            + "\(first.isAllowed ? "allowed" : "denied") (\(first.reason))"
    }

    var json: JSONValue {
        .object([
            "verdict": .verdict(isAllowed), "changes": .bool(!changes.isEmpty),
            "reasons": .array(changes.map { .string($0.reason) }),
        ])
    }
}
