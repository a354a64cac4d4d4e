// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The labels that selectors see on endpoints beside their own: those of namespaces and of service
/// accounts. One without an object has its name alone (S11).
struct InheritedLabels {
    private var namespaces: [String: [String: String]] = [:]
    private var accounts: [ServiceAccountID: [String: String]] = [:]

    /// No object is known.
    init() {}

    init(_ namespaces: [Namespace], _ accounts: [ServiceAccount]) {
        for namespace in namespaces { put(namespace, named: namespace.name) }
        for account in accounts { put(account, account.id) }
    }

    /// The labels of a namespace; none for what stands in no namespace.
    func ofNamespace(_ name: String) -> [String: String] {
        if name.isEmpty { return [:] }
        return namespaces[name] ?? Namespace(name: name).effectiveLabels
    }

    /// The labels of a service account.
    func ofAccount(_ id: ServiceAccountID) -> [String: String] {
        accounts[id] ?? ServiceAccount(id: id).effectiveLabels
    }

    /// The labels of the account as which a pod runs; none for other endpoints.
    func ofAccount(of endpoint: Endpoint) -> [String: String] {
        guard endpoint.id.kind == .pod, let id = endpoint.serviceAccountID else { return [:] }
        return ofAccount(id)
    }

    mutating func put(_ namespace: Namespace?, named name: String) {
        namespaces[name] = namespace?.effectiveLabels
    }

    mutating func put(_ account: ServiceAccount?, _ id: ServiceAccountID) {
        accounts[id] = account?.effectiveLabels
    }

    /// What selectors see of an endpoint, among whose labels those of its profiles are already.
    func target(_ endpoint: Endpoint) -> SelectorTarget {
        SelectorTarget(
            endpoint, labels: endpoint.labels,
            namespaceLabels: ofNamespace(endpoint.id.namespace),
            accountLabels: ofAccount(of: endpoint))
    }

    /// What selectors see of a network set.
    func target(_ set: NetworkSet) -> SelectorTarget {
        SelectorTarget(set, namespaceLabels: set.id.namespace.map(ofNamespace) ?? [:])
    }
}

extension EndpointSelector {
    /// Whether the endpoint is one of those that are meant.
    ///
    /// The same as the answer for the endpoint's ``SelectorTarget``, which is made only if a label
    /// is asked for that the endpoint has not from itself.
    func matches(_ endpoint: Endpoint, _ inherited: InheritedLabels) -> Bool {
        guard reach.includes(endpoint.id.kind) else { return false }
        switch namespaces {
        case .any: break
        case .named(let name):
            guard name == endpoint.id.namespace, !name.isEmpty else { return false }
        case .labelled(let condition):
            guard condition.matches(inherited.ofNamespace(endpoint.id.namespace)) else {
                return false
            }
        }
        if let serviceAccounts, !serviceAccounts.matches(inherited.ofAccount(of: endpoint)) {
            return false
        }
        var target: SelectorTarget?
        return labels.matches { key in
            guard VirtualLabel.isOne(key) else { return endpoint.labels[key] }
            let known = target ?? inherited.target(endpoint)
            target = known
            return known[key]
        }
    }
}
