// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The labels that selectors see on endpoints beside their own: those of namespaces and of service
/// accounts. One without an object has its name alone (S11).
struct InheritedLabels {
    private var namespaces: [String: [String: String]] = [:]
    private var accounts: [ServiceAccountID: [String: String]] = [:]
    /// The namespaces that carry a label, but for those labels that say their names.
    private var carriers: [String: [String: Set<String>]] = [:]

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
        for (key, value) in namespaces[name] ?? [:] where !Namespace.saysName(key) {
            carriers[key]?[value]?.remove(name)
            if carriers[key]?[value]?.isEmpty ?? false { carriers[key]?[value] = nil }
        }
        namespaces[name] = namespace?.effectiveLabels
        for (key, value) in namespaces[name] ?? [:] where !Namespace.saysName(key) {
            carriers[key, default: [:]][value, default: []].insert(name)
        }
    }

    /// The namespaces among which all are whose labels meet a condition, each once; nil where others
    /// may be, or where they are more than a limit.
    func namespaces(demandedBy condition: Selector, atMost limit: Int) -> [String]? {
        switch condition {
        case .isOneOf(let key, let values):
            if Namespace.saysName(key) {
                return values.count <= limit ? Array(Set(values)) : nil
            }
            guard let byValue = carriers[key] else { return [] }
            let sets = Set(values).compactMap { byValue[$0] }
            guard sets.reduce(0, { $0 + $1.count }) <= limit else { return nil }
            return sets.flatMap(\.self)
        case .has(let key) where !Namespace.saysName(key):
            let sets = (carriers[key] ?? [:]).values
            guard sets.reduce(0, { $0 + $1.count }) <= limit else { return nil }
            return sets.flatMap(\.self)
        case .all(let operands):
            var best: [String]?
            for operand in operands {
                let names = namespaces(demandedBy: operand, atMost: best?.count ?? limit)
                if let names { best = names }
            }
            return best
        case .everything, .has, .isText, .not, .any: return nil
        }
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

extension Namespace {
    /// Whether this is one of the labels by which selectors know a namespace's name, which namespaces
    /// without an object have too.
    fileprivate static func saysName(_ key: String) -> Bool {
        key == nameLabel || key == calicoNameLabel
    }
}
