// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyAnalysis
import PolicyDocuments
import Testing

/// The cluster of one text of manifests, which must be without a mistake.
func cluster(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation
) -> AnalysedCluster {
    let decoded = DocumentDecoder(defaultNamespace: "shop", readsWorkloads: true)
        .decode([Source(name: "test.yaml", text: text)])
    #expect(decoded.diagnostics == [], sourceLocation: sourceLocation)
    return AnalysedCluster(ClusterAssembly(decoded))
}

/// A manifest of a workload whose pods have the label `app` with the workload's name.
func workload(
    _ kind: String, _ name: String, apiVersion: String = "apps/v1", owner: String? = nil
) -> String {
    """
    ---
    apiVersion: \(apiVersion)
    kind: \(kind)
    metadata: {name: \(name)\(ownerReference(owner))}
    spec: {template: {metadata: {labels: {app: \(name)}}}}

    """
}

/// A manifest of a pod.
func pod(_ name: String, _ addresses: String..., owner: String? = nil) -> String {
    let list = addresses.map { "{ip: '\($0)'}" }.joined(separator: ", ")
    return """
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: \(name), labels: {app: \(name)}\(ownerReference(owner))}
        status: {podIPs: [\(list)]}

        """
}

/// A manifest of a policy of every pod, that has one block.
func policy(block: String) -> String {
    """
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: blocks}
    spec:
      podSelector: {}
      egress: [{to: [{ipBlock: \(block)}]}]
      policyTypes: [Egress]

    """
}

/// `ReplicaSet/web-1` as a member of metadata.
private func ownerReference(_ owner: String?) -> String {
    guard let parts = owner?.split(separator: "/") else { return "" }
    let version = parts[0] == "Job" || parts[0] == "CronJob" ? "batch/v1" : "apps/v1"
    return ", ownerReferences: [{apiVersion: \(version), kind: \(parts[0]), name: \(parts[1]), "
        + "controller: true}]"
}
