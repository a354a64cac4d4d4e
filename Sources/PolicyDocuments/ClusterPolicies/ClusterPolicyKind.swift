// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The kinds of cluster-wide policies of the API group `policy.networking.k8s.io`.
enum ClusterPolicyKind: String, CaseIterable {
    case clusterNetworkPolicy = "ClusterNetworkPolicy"
    /// The predecessor of ClusterNetworkPolicies in the Admin tier (S60).
    case adminNetworkPolicy = "AdminNetworkPolicy"
    /// The predecessor of ClusterNetworkPolicies in the Baseline tier (S60).
    case baselineAdminNetworkPolicy = "BaselineAdminNetworkPolicy"

    /// The versions in which the API defines the kind, the newest first. Those of
    /// ClusterNetworkPolicy have the same fields and the same limits (network-policy-api v0.3.0).
    var apiVersions: [String] {
        let versions = self == .clusterNetworkPolicy ? ["v1beta1", "v1alpha2"] : ["v1alpha1"]
        return versions.map { "policy.networking.k8s.io/\($0)" }
    }

    /// How many rules a direction may have, how many peers a rule, and how many protocols.
    var listLimit: Int { self == .clusterNetworkPolicy ? 25 : 100 }

    /// What each word for an action means.
    var actions: [String: Action] {
        switch self {
        case .clusterNetworkPolicy: ["Accept": .allow, "Deny": .deny, "Pass": .pass]
        case .adminNetworkPolicy: ["Allow": .allow, "Deny": .deny, "Pass": .pass]
        case .baselineAdminNetworkPolicy: ["Allow": .allow, "Deny": .deny]
        }
    }

    /// The field of a rule that holds its protocols and ports.
    var portsName: String { self == .clusterNetworkPolicy ? "protocols" : "ports" }

    /// The fields of `spec`.
    var specFields: [String] {
        switch self {
        case .clusterNetworkPolicy: ["tier", "priority", "subject", "ingress", "egress"]
        case .adminNetworkPolicy: ["priority", "subject", "ingress", "egress"]
        case .baselineAdminNetworkPolicy: ["subject", "ingress", "egress"]
        }
    }

    /// The peers that a rule of a direction may name, each entry one of them.
    func peerNames(_ direction: Direction) -> [String] {
        switch (direction, self) {
        case (.ingress, _): ["namespaces", "pods"]
        case (.egress, .baselineAdminNetworkPolicy): ["namespaces", "pods", "nodes", "networks"]
        case (.egress, _): ["namespaces", "pods", "nodes", "networks", "domainNames"]
        }
    }
}
