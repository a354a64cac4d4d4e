// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An endpoint or a network set as selectors see it.
///
/// Besides its own labels it shows those that Calico gives every endpoint: its namespace, its
/// orchestrator and its service account under `projectcalico.org/…`, and the labels of its
/// namespace and its account behind `pcns.` and `pcsa.`.
public struct SelectorTarget {
    /// What it is; nil for a network set.
    public var kind: EndpointKind?
    /// Nil for what stands in no namespace.
    public var namespace: String?
    /// Its own labels, and those of its profiles that it has not itself.
    public var labels: [String: String]
    /// The effective labels of its namespace; none where it stands in none.
    public var namespaceLabels: [String: String]
    /// The effective labels of its service account; none where it has none.
    public var accountLabels: [String: String]
    /// Who runs it; nil for host endpoints and network sets.
    public var orchestrator: String?

    /// An endpoint.
    ///
    /// - Parameters:
    ///   - labels: its own, and those of its profiles that it has not itself.
    ///   - namespaceLabels: the effective labels of its namespace, if it stands in one.
    ///   - accountLabels: the effective labels of its service account, if it has one.
    public init(
        _ endpoint: Endpoint, labels: [String: String], namespaceLabels: [String: String],
        accountLabels: [String: String]
    ) {
        kind = endpoint.id.kind
        namespace = endpoint.id.namespace.isEmpty ? nil : endpoint.id.namespace
        self.labels = labels
        self.namespaceLabels = namespaceLabels
        self.accountLabels = accountLabels
        switch endpoint.id.kind {
        case .pod: orchestrator = "k8s"
        case .workload: orchestrator = endpoint.particulars?.orchestrator
        case .host: orchestrator = nil
        }
    }

    /// A network set; those of a namespace inherit its labels.
    public init(_ set: NetworkSet, namespaceLabels: [String: String]) {
        kind = nil
        namespace = set.id.namespace
        labels = set.labels
        self.namespaceLabels = namespaceLabels
        accountLabels = [:]
        orchestrator = nil
    }

    /// The value of a label; nil where there is none.
    public subscript(key: String) -> String? {
        // Few keys begin so; the others cost one comparison of a byte.
        guard key.utf8.first == UInt8(ascii: "p") else { return labels[key] }
        switch key {
        case "projectcalico.org/namespace": return namespace ?? labels[key]
        case "projectcalico.org/orchestrator": return orchestrator ?? labels[key]
        case "projectcalico.org/serviceaccount":
            return accountLabels[ServiceAccount.nameLabel] ?? labels[key]
        default: break
        }
        if let own = labels[key] { return own }
        if key.hasPrefix("pcns.") { return namespaceLabels[String(key.dropFirst(5))] }
        if key.hasPrefix("pcsa.") { return accountLabels[String(key.dropFirst(5))] }
        return nil
    }
}

extension EndpointSelector {
    /// Whether this is one of the things that are meant.
    public func matches(_ target: SelectorTarget) -> Bool {
        guard reach.includes(target.kind) else { return false }
        switch namespaces {
        case .any: break
        case .named(let name): guard target.namespace == name else { return false }
        case .labelled(let condition):
            guard condition.matches(target.namespaceLabels) else { return false }
        }
        if let serviceAccounts, !serviceAccounts.matches(target.accountLabels) { return false }
        return labels.matches { target[$0] }
    }
}
