// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyVerification

/// The packets about which a rule decides.
struct RuleReach: Sendable {
    let rule: RuleReference
    let action: Action
    /// Pairs of packets and the other side's classes.
    private var reach: [(packets: TransportSet, classes: BitSet)] = []

    init(rule: RuleReference, action: Action) {
        self.rule = rule
        self.action = action
    }

    mutating func note(_ packets: TransportSet, _ classes: BitSet) {
        if let known = reach.firstIndex(where: { $0.classes == classes }) {
            reach[known].packets = reach[known].packets.union(packets)
        } else {
            reach.append((packets, classes))
        }
    }

    /// The classes by all packets about which the rule decides there; each class once.
    var reachByPackets: [(packets: TransportSet, classes: BitSet)] {
        var parts: [(packets: TransportSet, classes: BitSet)] = []
        for (packets, reached) in reach {
            var classes = reached
            for index in parts.indices {
                let both = parts[index].classes.intersection(classes)
                if both.isEmpty { continue }
                classes.subtract(both)
                parts[index].classes.subtract(both)
                parts.append((parts[index].packets.union(packets), both))
            }
            parts.append((packets, classes))
        }
        var merged: [TransportSet: BitSet] = [:]
        for (packets, classes) in parts where !classes.isEmpty {
            merged[packets, default: classes].formUnion(classes)
        }
        return merged.sorted { $0.key.description < $1.key.description }
            .map { (packets: $0.key, classes: $0.value) }
    }
}
