// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension ClusterChange {
    /// The kind of the object, as metrics name it.
    var kind: String {
        switch self {
        case .namespace: "namespace"
        case .node: "node"
        case .endpoint: "pod"
        case .tier: "tier"
        case .policy: "policy"
        case .stagedPolicy: "staged_policy"
        case .profile: "profile"
        case .serviceAccount: "service_account"
        case .networkSet: "network_set"
        case .serviceSlice: "service_slice"
        case .configuration: "configuration"
        }
    }
}
