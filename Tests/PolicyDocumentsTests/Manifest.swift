// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

/// Decodes one text.
func decode(
    _ text: String, name: String = "test.yaml", defaultNamespace: String = "default"
) -> DecodedDocuments {
    DocumentDecoder(defaultNamespace: defaultNamespace).decode([Source(name: name, text: text)])
}

/// The problems of one text, as printed.
func problems(_ text: String, name: String = "test.yaml") -> [String] {
    decode(text, name: name).diagnostics.map(\.description)
}

/// A NetworkPolicy `shop/front` with the given lines under `spec:`, which begin at line 7.
func policyText(spec: String) -> String {
    let lines = spec.split(separator: "\n", omittingEmptySubsequences: false)
    return """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: front
          namespace: shop
        spec:
        \(lines.map { "  \($0)" }.joined(separator: "\n"))
        """
}

/// The policy that ``policyText(spec:)`` decodes to, which must have no problem at all.
func policy(spec: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Policy {
    let decoded = decode(policyText(spec: completed(spec)))
    #expect(decoded.diagnostics == [], sourceLocation: sourceLocation)
    return try #require(decoded.policies.first, sourceLocation: sourceLocation).value
}

/// The single problem of ``policyText(spec:)``, without its place and object.
func policyProblem(
    spec: String, sourceLocation: SourceLocation = #_sourceLocation
) throws -> String {
    let found = decode(policyText(spec: completed(spec))).diagnostics
    #expect(found.count == 1, "\(found)", sourceLocation: sourceLocation)
    let problem = try #require(found.first, sourceLocation: sourceLocation)
    return "\(problem.field ?? ""): \(problem.message)"
}

/// The only peer of an ingress rule with the given flow-style text.
func peer(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Peer {
    let policy = try policy(
        spec: "ingress: [{from: [\(text)]}]", sourceLocation: sourceLocation)
    guard case .only(let peers) = policy.ingress?.first?.peers, let peer = peers.first else {
        throw MissingPart()
    }
    return peer
}

/// The ports of an ingress rule with the given flow-style text.
func ports(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Ports {
    let policy = try policy(
        spec: "ingress: [{ports: \(text)}]", sourceLocation: sourceLocation)
    guard let rule = policy.ingress?.first else { throw MissingPart() }
    return rule.ports
}

/// The spec with a podSelector, which draws a warning where it is missing.
func completed(_ spec: String) -> String {
    spec.hasPrefix("podSelector:")
        ? spec : "\(spec)\npodSelector: {}"
}

struct MissingPart: Error {}
