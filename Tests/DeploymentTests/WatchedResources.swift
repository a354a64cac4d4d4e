// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What the agent lists and watches of an API server: the plurals of each group.
enum WatchedResources {
    static let groups: [String: Set<String>] = [
        "": ["namespaces", "nodes", "pods", "serviceaccounts"],
        "discovery.k8s.io": ["endpointslices"],
        "networking.k8s.io": ["networkpolicies"],
        "policy.networking.k8s.io": [
            "adminnetworkpolicies", "baselineadminnetworkpolicies", "clusternetworkpolicies",
        ],
        "crd.projectcalico.org": calico,
        "projectcalico.org": calico,
    ]

    /// Calico's objects, which are in one of two groups.
    private static let calico: Set<String> = [
        "felixconfigurations", "globalnetworkpolicies", "globalnetworksets", "hostendpoints",
        "ippools", "networkpolicies", "networksets", "profiles", "stagedglobalnetworkpolicies",
        "stagedkubernetesnetworkpolicies", "stagednetworkpolicies", "tiers", "workloadendpoints",
    ]
}
