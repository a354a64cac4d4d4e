// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What selectors see of a cluster's endpoints and network sets.
struct SelectorDirectory: Sendable {
    private var namespaces: [String: [String: String]]
    private var accounts: [ServiceAccountID: [String: String]]
    private var profiles: [String: [String: String]]

    init(_ state: ClusterState) {
        namespaces = Dictionary(state.namespaces.map { ($0.name, $0.effectiveLabels) }) {
            first, _ in first
        }
        accounts = Dictionary(state.serviceAccounts.map { ($0.id, $0.effectiveLabels) }) {
            first, _ in first
        }
        profiles = Dictionary(state.profiles.map { ($0.name, $0.labels) }) { first, _ in first }
    }

    /// A namespace's labels; where the object is missing, the name's labels alone (S11).
    func labels(ofNamespace name: String) -> [String: String] {
        namespaces[name] ?? Namespace(name: name).effectiveLabels
    }

    /// The labels of an endpoint's service account; where the object is missing, its name's alone.
    func accountLabels(_ endpoint: Endpoint) -> [String: String] {
        guard endpoint.id.kind == .pod, let id = endpoint.serviceAccountID else { return [:] }
        return accounts[id] ?? ServiceAccount(id: id).effectiveLabels
    }

    /// An endpoint's labels, and those of its profiles that it has not itself.
    func labels(of endpoint: Endpoint) -> [String: String] {
        guard let names = endpoint.particulars?.profiles else { return endpoint.labels }
        return names.compactMap { profiles[$0] }.reduce(endpoint.labels) {
            $0.merging($1) { own, _ in own }
        }
    }

    /// What selectors see of an endpoint.
    func target(_ endpoint: Endpoint) -> SelectorTarget {
        let namespace = endpoint.id.namespace
        return SelectorTarget(
            endpoint, labels: labels(of: endpoint),
            namespaceLabels: namespace.isEmpty ? [:] : labels(ofNamespace: namespace),
            accountLabels: accountLabels(endpoint))
    }

    /// What selectors see of a network set.
    func target(_ set: NetworkSet) -> SelectorTarget {
        SelectorTarget(set, namespaceLabels: set.id.namespace.map(labels(ofNamespace:)) ?? [:])
    }
}
