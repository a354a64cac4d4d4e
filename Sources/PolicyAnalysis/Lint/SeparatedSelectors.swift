// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// A namespaceSelector and a podSelector that stand in two entries, either of which may match, where
/// the author probably wanted both to match.
extension LintedPolicy {
    /// The pairs that look like one entry with a hyphen too many.
    func separatedSelectorFindings(in cluster: LintedCluster) -> [Finding] {
        separatedPeers(in: cluster).map { path, labels in
            finding(
                .orInsteadOfAnd, at: path,
                "the podSelector and the namespaceSelector beside it are two entries: either may match, "
                    + "and the podSelector (\(labels)) means pods of \(namespace) only",
                remedy: "put both into one entry, without the second hyphen, if both must match; "
                    + "otherwise disable this rule for the policy")
        }
    }

    /// The entries that hold only the podSelector of such a pair.
    func separatedPeers(in cluster: LintedCluster) -> [(path: String, labels: Selector)] {
        rules.flatMap { direction, path, rule -> [(path: String, labels: Selector)] in
            guard case .only(let peers) = rule.peers else { return [] }
            return peers.indices.dropLast().compactMap { index in
                let pair = [index, index + 1]
                guard let pods = pair.first(where: { labelsAlone(peers[$0]) != nil }),
                    let namespaces = pair.first(where: { namespacesAlone(peers[$0]) != nil }),
                    let labels = labelsAlone(peers[pods]),
                    let scope = namespacesAlone(peers[namespaces]),
                    isDoubtful(labels, scope, in: cluster)
                else { return nil }
                return ("\(path).\(direction.peersField)[\(pods)]", labels)
            }
        }
    }

    /// Two entries are in order if the labels are those of pods of the own namespace, and of none of
    /// the namespaces that the other entry means.
    private func isDoubtful(
        _ labels: Selector, _ scope: NamespaceScope, in cluster: LintedCluster
    ) -> Bool {
        guard cluster.hasPods else { return true }
        let own = EndpointSelector(namespaces: .named(namespace), labels: labels)
        let both = EndpointSelector(namespaces: scope, labels: labels)
        return cluster.matches(own).isEmpty || !cluster.matches(both).isEmpty
    }

    private func labelsAlone(_ peer: Peer) -> Selector? {
        guard case .endpoints(let selector) = peer, case .named = selector.namespaces,
            selector.labels != .everything
        else { return nil }
        return selector.labels
    }

    private func namespacesAlone(_ peer: Peer) -> NamespaceScope? {
        guard case .endpoints(let selector) = peer, case .labelled = selector.namespaces,
            selector.labels == .everything
        else { return nil }
        return selector.namespaces
    }
}
