// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

/// An object of Calico's API with the given flow-style `spec`.
func calicoText(
    _ kind: String, _ name: String = "front", namespace: String? = nil, spec: String,
    version: String = "projectcalico.org/v3"
) -> String {
    let place = namespace.map { ", namespace: \($0)" } ?? ""
    return """
        apiVersion: \(version)
        kind: \(kind)
        metadata: {name: \(name)\(place)}
        spec: \(spec)

        """
}

/// The policy of the given `spec`, which must have no problem at all.
func calicoPolicy(
    _ spec: String, kind: String = "NetworkPolicy",
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> Policy {
    let namespace = kind == "NetworkPolicy" ? "shop" : nil
    let decoded = decode(calicoText(kind, namespace: namespace, spec: spec))
    #expect(decoded.diagnostics == [], sourceLocation: sourceLocation)
    return try #require(decoded.policies.first, sourceLocation: sourceLocation).value
}

/// The only ingress rule of such a policy.
func calicoRule(
    _ rule: String, kind: String = "NetworkPolicy",
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> Rule {
    let policy = try calicoPolicy(
        "{ingress: [\(rule)]}", kind: kind, sourceLocation: sourceLocation)
    return try #require(policy.ingress?.first, sourceLocation: sourceLocation)
}

/// The problems of an object, each as its field and message; it must not be among the values if one
/// is an error.
func calicoProblems(
    _ kind: String, _ spec: String, name: String = "front",
    sourceLocation: SourceLocation = #_sourceLocation
) -> [String] {
    let isNamespaced = [
        "NetworkPolicy", "StagedNetworkPolicy", "StagedKubernetesNetworkPolicy", "NetworkSet",
        "WorkloadEndpoint",
    ].contains(kind)
    let decoded = decode(
        calicoText(kind, name, namespace: isNamespaced ? "shop" : nil, spec: spec))
    if decoded.hasErrors {
        #expect(decoded.objectTotal == 0, sourceLocation: sourceLocation)
    }
    return decoded.diagnostics.map { "\($0.field ?? ""): \($0.message)" }
}

extension DecodedDocuments {
    /// How many objects of Calico's kinds there are.
    var objectTotal: Int {
        policies.count + stagedPolicies.count + tiers.count + profiles.count + networkSets.count
            + endpoints.count + workloadEndpoints.count + configurations.count
    }
}
