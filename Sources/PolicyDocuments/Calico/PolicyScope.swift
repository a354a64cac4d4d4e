// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What the kind of one of Calico's policies says of its reach.
struct PolicyScope {
    /// What messages and identifiers call the kind.
    var kind: String
    /// What they call the kind of the policy that a staged one becomes; of others it is the same.
    var enforcedKind: String
    /// The namespace of policies that name none; nil for a policy of the whole cluster.
    var defaultNamespace: String?

    init(_ kind: CalicoKind, defaultNamespace: String) {
        let isGlobal = kind == .globalNetworkPolicy || kind == .stagedGlobalNetworkPolicy
        // Kubernetes has a kind of this name; kubectl tells them apart so, too.
        enforcedKind = isGlobal ? "GlobalNetworkPolicy" : "NetworkPolicy.projectcalico.org"
        self.kind =
            kind == .networkPolicy || kind == .globalNetworkPolicy ? enforcedKind : kind.rawValue
        self.defaultNamespace = isGlobal ? nil : defaultNamespace
    }

    /// The fields of the kind's `spec`.
    var fields: [String] {
        let common = [
            "tier", "order", "selector", "serviceAccountSelector", "types", "ingress", "egress",
            "performanceHints",
        ]
        return defaultNamespace != nil
            ? common : common + ["namespaceSelector", "applyOnForward", "preDNAT", "doNotTrack"]
    }

    /// Fields of Kubernetes' policies, and what is meant by them in Calico's.
    static let confusions = [
        "podSelector": "selector", "policyTypes": "types", "priority": "order",
    ]

    /// The name as its author wrote it: clusters store policies of the default tier with its name in
    /// front.
    static func name(_ stored: String, tier: String) -> String {
        let prefix = "\(Tier.standard.name)."
        guard tier == Tier.standard.name, stored.hasPrefix(prefix), stored != prefix
        else { return stored }
        return String(stored.dropFirst(prefix.count))
    }
}
