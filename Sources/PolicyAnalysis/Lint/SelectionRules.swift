// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// Whom policies select.
extension LintedPolicy {
    /// The namespace, and the pods in it.
    func selectionFindings(in cluster: LintedCluster) -> [Finding] {
        if let finding = unknownNamespace(in: cluster) { return [finding] }
        guard cluster.hasPods else { return [] }
        let matches = cluster.matches(policy.subject)
        let hosts = matches.filter(\.usesHostNetwork)
        let path = layout.contains("spec.podSelector") ? "spec.podSelector" : "spec"
        var findings: [Finding] = []
        if let host = hosts.first, hosts.count == matches.count || asksForValues {
            let others = hosts.count > 1 ? " and \(hosts.count - 1) more" : ""
            findings.append(
                finding(
                    .selectsHostNetwork, at: path,
                    "selects \(host.id)\(others) of the host network, which no policy governs",
                    remedy: "police their node's address, or give the pods a network of their own"))
        }
        if matches.isEmpty { findings.append(selectsNothing(path, in: cluster)) }
        return findings
    }

    /// Whether the selector names pods by what their labels are. One that only says what they are
    /// not, or nothing, selects pods of the host network by the way.
    private var asksForValues: Bool {
        policy.subject.labels.conditions.contains {
            if case .isOneOf = $0 { true } else { false }
        }
    }

    private func selectsNothing(_ path: String, in cluster: LintedCluster) -> Finding {
        let population = cluster.endpoints.filter { $0.id.namespace == namespace }
        guard !population.isEmpty else {
            return finding(
                .selectsNothing, at: path, "selects no pod: there is none in \(namespace)",
                remedy: "check metadata.namespace, or leave the policy out")
        }
        let mismatch = LabelMismatch(
            policy.subject.labels, population.map(\.labels), who: "pod of \(namespace)")
        let place = mismatch.key.map { self.path(ofKey: $0, in: path) } ?? path
        return finding(
            .selectsNothing, at: place, "selects no pod: \(mismatch.reason)",
            remedy: mismatch.remedy ?? "compare with the labels of the pods that are meant")
    }

    private func unknownNamespace(in cluster: LintedCluster) -> Finding? {
        guard !cluster.namespaces.isEmpty, cluster.namespaces[namespace] == nil else { return nil }
        let known = cluster.namespaces.keys.sorted()
        let meant = NearMiss.of(namespace, among: known)
        return finding(
            .unknownNamespace, at: "metadata.namespace",
            "the input has no namespace \(namespace) and no pod in it",
            remedy: meant.map { "did you mean \($0)?" }
                ?? "add the namespace to the input, or correct the policy")
    }
}
