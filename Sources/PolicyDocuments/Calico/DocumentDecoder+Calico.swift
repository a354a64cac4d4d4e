// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension DocumentDecoder {
    /// Decodes an object of Calico's API.
    func decode(
        _ object: Field, calico kind: CalicoKind, into decoded: inout DecodedDocuments,
        _ log: inout ProblemLog
    ) {
        let scope = PolicyScope(kind, defaultNamespace: defaultNamespace)
        switch kind {
        case .tier: append(object, to: &decoded.tiers, &log) { Tier($0, &$1) }
        case .networkPolicy, .globalNetworkPolicy:
            append(object, to: &decoded.policies, &log) { Policy(calico: $0, scope, &$1) }
        case .stagedNetworkPolicy, .stagedGlobalNetworkPolicy:
            append(object, to: &decoded.stagedPolicies, &log) {
                StagedPolicy(calico: $0, scope, &$1)
            }
        case .stagedKubernetesNetworkPolicy:
            append(object, to: &decoded.stagedPolicies, &log) {
                StagedPolicy(kubernetes: $0, defaultNamespace: defaultNamespace, &$1)
            }
        case .networkSet, .globalNetworkSet:
            append(object, to: &decoded.networkSets, &log) {
                NetworkSet(
                    $0, namespace: kind == .networkSet ? defaultNamespace : nil, &$1)
            }
        case .hostEndpoint:
            append(object, to: &decoded.endpoints, &log) { Endpoint(host: $0, &$1) }
        case .workloadEndpoint:
            append(object, to: &decoded.workloadEndpoints, &log) {
                WorkloadEndpoint($0, defaultNamespace: defaultNamespace, &$1)
            }
        case .profile: append(object, to: &decoded.profiles, &log) { Profile($0, &$1) }
        case .pool:
            append(object, to: &decoded.configurations, &log) { NodeConfiguration(pool: $0, &$1) }
        case .configuration:
            append(object, to: &decoded.configurations, &log) { NodeConfiguration($0, &$1) }
        }
    }
}
