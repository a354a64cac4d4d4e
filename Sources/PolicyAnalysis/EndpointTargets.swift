// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What selectors see of a cluster's endpoints.
struct EndpointTargets {
    private let namespaces: [String: Namespace]
    private let accounts: [ServiceAccountID: ServiceAccount]
    private let profiles: [String: Profile]

    init(_ state: ClusterState) {
        namespaces = Dictionary(state.namespaces.map { ($0.name, $0) }) { first, _ in first }
        accounts = Dictionary(state.serviceAccounts.map { ($0.id, $0) }) { first, _ in first }
        profiles = Dictionary(state.profiles.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Whether a selector means an endpoint (S7).
    func matches(_ selector: EndpointSelector, _ endpoint: Endpoint) -> Bool {
        selector.matches(target(endpoint))
    }

    /// What selectors see of an endpoint. A namespace or an account that is missing has its name's
    /// label alone (S11).
    func target(_ endpoint: Endpoint) -> SelectorTarget {
        var labels = endpoint.labels
        for name in endpoint.particulars?.profiles ?? [] {
            labels.merge(profiles[name]?.labels ?? [:]) { own, _ in own }
        }
        let account = endpoint.id.kind == .pod ? endpoint.serviceAccountID : nil
        return SelectorTarget(
            endpoint, labels: labels, namespaceLabels: namespaceLabels(endpoint.id.namespace),
            accountLabels: account.map { (accounts[$0] ?? ServiceAccount(id: $0)).effectiveLabels }
                ?? [:])
    }

    /// What selectors see of a network set.
    func target(_ set: NetworkSet) -> SelectorTarget {
        SelectorTarget(set, namespaceLabels: namespaceLabels(set.id.namespace ?? ""))
    }

    private func namespaceLabels(_ name: String) -> [String: String] {
        name.isEmpty ? [:] : (namespaces[name] ?? Namespace(name: name)).effectiveLabels
    }
}
