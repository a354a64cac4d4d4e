// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

/// A cluster-wide policy `guard` with the given flow-style lines under `spec:`.
func clusterPolicyText(_ kind: ClusterPolicyKind, spec: String) -> String {
    let name = kind == .baselineAdminNetworkPolicy ? "default" : "guard"
    let lines = spec.split(separator: "\n", omittingEmptySubsequences: false)
    return """
        apiVersion: \(kind.apiVersions[0])
        kind: \(kind.rawValue)
        metadata:
          name: \(name)
        spec:
        \(lines.map { "  \($0)" }.joined(separator: "\n"))
        """
}

/// What every spec needs besides its rules.
func head(_ kind: ClusterPolicyKind) -> String {
    switch kind {
    case .clusterNetworkPolicy: "tier: Admin\npriority: 7\nsubject: {namespaces: {}}\n"
    case .adminNetworkPolicy: "priority: 7\nsubject: {namespaces: {}}\n"
    case .baselineAdminNetworkPolicy: "subject: {namespaces: {}}\n"
    }
}

/// The policy with these rules, which must have no problem at all.
func clusterPolicy(
    _ kind: ClusterPolicyKind = .clusterNetworkPolicy, rules: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> Policy {
    let decoded = decode(clusterPolicyText(kind, spec: head(kind) + rules))
    #expect(decoded.diagnostics == [], sourceLocation: sourceLocation)
    return try #require(decoded.policies.first, sourceLocation: sourceLocation).value
}

/// The only problem of a policy with this spec: its severity, field and message.
func clusterProblem(
    _ kind: ClusterPolicyKind = .clusterNetworkPolicy, spec: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> String {
    let decoded = decode(clusterPolicyText(kind, spec: spec))
    let found = decoded.diagnostics
    #expect(found.count == 1, "\(found)", sourceLocation: sourceLocation)
    let problem = try #require(found.first, sourceLocation: sourceLocation)
    #expect(
        decoded.policies.isEmpty == (problem.severity == .error), sourceLocation: sourceLocation)
    return "\(problem.severity): \(problem.field ?? ""): \(problem.message)"
}

/// The only problem of a policy with these rules.
func clusterProblem(
    _ kind: ClusterPolicyKind = .clusterNetworkPolicy, rules: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> String {
    try clusterProblem(kind, spec: head(kind) + rules, sourceLocation: sourceLocation)
}
