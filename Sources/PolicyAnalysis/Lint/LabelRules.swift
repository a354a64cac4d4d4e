// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// Conditions that hold for everything because their label's key is misspelt.
extension LintedPolicy {
    /// `NotIn` and `DoesNotExist` about a key that nothing has. (Other conditions about such a key
    /// match nothing, which other rules find.)
    func labelFindings(in cluster: LintedCluster) -> [Finding] {
        guard cluster.hasPods else { return [] }
        let podKeys = Set(cluster.endpoints.flatMap(\.labels.keys))
        var findings = unknownKeys(
            policy.subject.labels, "spec.podSelector", among: podKeys, "pod")
        for (_, path, peer) in peers {
            guard case .endpoints(let selector) = peer else { continue }
            findings += unknownKeys(
                selector.labels, "\(path).podSelector", among: podKeys, "pod")
            if case .labelled(let labels) = selector.namespaces, cluster.knowsNamespaces(labels) {
                let keys = Set(cluster.namespaces.values.flatMap(\.effectiveLabels.keys))
                findings += unknownKeys(
                    labels, "\(path).namespaceSelector", among: keys, "namespace")
            }
        }
        return findings
    }

    private func unknownKeys(
        _ selector: Selector, _ path: String, among known: Set<String>, _ who: String
    ) -> [Finding] {
        selector.conditions.compactMap { condition in
            guard case .not(let operand) = condition, let key = operand.keys.first,
                !known.contains(key), let meant = NearMiss.of(key, among: known.sorted())
            else { return nil }
            return finding(
                .unknownLabel, at: self.path(ofKey: key, in: path),
                "no \(who) has the label \(MessageText.visible(key)), so that the condition always holds",
                remedy: "did you mean \(MessageText.visible(meant))?")
        }
    }
}
