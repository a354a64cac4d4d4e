// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel

/// Whom the entries of `from` and `to` stand for.
extension LintedPolicy {
    /// Selectors that nobody matches, and blocks that pods lie in.
    func peerFindings(in cluster: LintedCluster) -> [Finding] {
        guard cluster.hasPods else { return [] }
        let paired = Set(separatedPeers(in: cluster).map(\.path))
        return peers.compactMap { direction, path, peer in
            switch peer {
            case .network(let block, let exceptions):
                blockFinding(block, exceptions, path, in: cluster)
            case .endpoints(let selector):
                paired.contains(path) ? nil : selectorFinding(selector, path, in: cluster)
            case .addresses, .nodes, .service:
                nil
            }
        }
    }

    private func blockFinding(
        _ block: CIDR, _ exceptions: [CIDR], _ path: String, in cluster: LintedCluster
    ) -> Finding? {
        let known = cluster.assembly.state.endpoints.filter { endpoint in
            endpoint.isPoliced
                && endpoint.addresses.contains { address in
                    block.contains(address) && !exceptions.contains { $0.contains(address) }
                }
        }
        guard let first = known.first else { return nil }
        let others = known.count > 1 ? " and of \(known.count - 1) more" : ""
        return finding(
            .blockContainsPods, at: "\(path).ipBlock",
            "\(block) holds the address of \(first.id)\(others), which it therefore matches",
            remedy: "pods' addresses change: write a podSelector where pods are meant, "
                + "an except where they are not")
    }

    private func selectorFinding(
        _ selector: EndpointSelector, _ path: String, in cluster: LintedCluster
    ) -> Finding? {
        let matches = cluster.matches(selector)
        guard matches.allSatisfy(\.usesHostNetwork) else { return nil }
        if let host = matches.first {
            return finding(
                .peerMatchesNothing, at: path,
                "matches only pods of the host network, such as \(host.id), which no selector means",
                remedy: "write an ipBlock with their nodes' addresses")
        }
        switch selector.namespaces {
        case .named(let name): return podFinding(selector.labels, name, path, in: cluster)
        case .any: return podFinding(selector.labels, nil, path, in: cluster)
        case .labelled(let namespaces):
            guard cluster.knowsNamespaces(namespaces) else { return nil }
            let found = cluster.namespaces(matching: namespaces)
            return found.isEmpty
                ? namespaceFinding(namespaces, path, in: cluster)
                : combinedFinding(selector.labels, found, path, in: cluster)
        }
    }

    /// A podSelector that nobody matches in one namespace, or in any.
    private func podFinding(
        _ labels: Selector, _ namespace: String?, _ path: String, in cluster: LintedCluster
    ) -> Finding {
        let elsewhere = cluster.matches(EndpointSelector(namespaces: .any, labels: labels))
            .filter { !$0.usesHostNetwork }
        let selector = "\(path).podSelector"
        if let namespace, let other = elsewhere.first, labels != .everything {
            return finding(
                .missingNamespaceSelector, at: selector,
                "matches no pod of \(namespace), but \(other.id): without a namespaceSelector it "
                    + "looks in the policy's own namespace only",
                remedy: "add namespaceSelector: {matchLabels: {\(Namespace.nameLabel): "
                    + "\(other.id.namespace)}} to the entry")
        }
        let population = cluster.endpoints.filter {
            namespace == nil || $0.id.namespace == namespace
        }
        guard !population.isEmpty else {
            return finding(
                .peerMatchesNothing, at: path, "matches no pod: there is none in \(namespace ?? "")"
            )
        }
        let mismatch = LabelMismatch(
            labels, population.map(\.labels), who: namespace.map { "pod of \($0)" } ?? "pod")
        return finding(
            .peerMatchesNothing,
            at: mismatch.key.map { self.path(ofKey: $0, in: selector) } ?? selector,
            "matches no pod: \(mismatch.reason)",
            remedy: mismatch.remedy ?? "compare with the labels of the pods that are meant")
    }

    /// A namespaceSelector that no namespace matches.
    private func namespaceFinding(
        _ labels: Selector, _ path: String, in cluster: LintedCluster
    ) -> Finding {
        let mismatch = LabelMismatch(
            labels, cluster.namespaces.values.map(\.effectiveLabels), who: "namespace")
        let selector = "\(path).namespaceSelector"
        var remedy = mismatch.remedy
        if case .isOneOf(let key, let values) = labels, key != Namespace.nameLabel,
            let name = values.first(where: { cluster.namespaces[$0] != nil })
        {
            remedy = "to mean the namespace \(name), write \(Namespace.nameLabel): \(name)"
        }
        return finding(
            .peerMatchesNothing,
            at: mismatch.key.map { self.path(ofKey: $0, in: selector) } ?? selector,
            "matches no namespace: \(mismatch.reason)",
            remedy: remedy ?? "compare with the labels of the namespaces that are meant")
    }

    /// Both selectors in one entry: each matches something, together they match nothing.
    private func combinedFinding(
        _ labels: Selector, _ namespaces: [Namespace], _ path: String, in cluster: LintedCluster
    ) -> Finding {
        let names = Set(namespaces.map(\.name))
        let population = cluster.endpoints.filter { names.contains($0.id.namespace) }
        let own = cluster.matches(EndpointSelector(namespaces: .named(namespace), labels: labels))
        if let pod = own.first, !population.isEmpty, !names.contains(namespace) {
            return finding(
                .andInsteadOfOr, at: path,
                "no pod of the namespaces has the labels, but \(pod.id) of the policy's own namespace "
                    + "has: in one entry both selectors must match",
                remedy: "make two entries if either is meant")
        }
        guard !population.isEmpty else {
            return finding(
                .peerMatchesNothing, at: "\(path).namespaceSelector",
                "matches no pod: there is none in \(names.sorted().joined(separator: ", "))")
        }
        let mismatch = LabelMismatch(
            labels, population.map(\.labels), who: "pod of these namespaces")
        let selector = "\(path).podSelector"
        return finding(
            .peerMatchesNothing,
            at: mismatch.key.map { self.path(ofKey: $0, in: selector) } ?? selector,
            "matches no pod: \(mismatch.reason)",
            remedy: mismatch.remedy ?? "compare with the labels of the pods that are meant")
    }
}
