// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel
import PolicyVerification

/// A policy together with how it is written, so that findings can name the line.
struct LintedPolicy {
    let policy: Policy
    let layout: ObjectLayout

    /// Whether it is one of Kubernetes' NetworkPolicies.
    var isKubernetes: Bool { policy.id.kind == "NetworkPolicy" }

    /// `NetworkPolicy shop/allow-front`, as problems of the manifests name it.
    var name: String { Self.name(policy.id) }

    static func name(_ id: PolicyID) -> String { "\(id.kind) \(id)" }

    /// The namespace of the pods that the policy can govern.
    var namespace: String { policy.id.namespace ?? "" }

    /// A finding at the field of this path.
    func finding(
        _ rule: LintRule, _ severity: Finding.Severity? = nil, at path: String, _ message: String,
        remedy: String? = nil
    ) -> Finding {
        Finding(
            rule, severity, at: layout.origin(of: path), object: name, field: path,
            message: message, remedy: remedy)
    }

    /// Where a rule stands: `spec.ingress[0]`.
    static func path(_ direction: Direction, _ index: Int) -> String {
        "spec.\(direction.rawValue)[\(index)]"
    }

    /// Where a rule stands: `policy.yaml:12`.
    func place(of rule: RuleReference) -> String {
        let origin = layout.origin(of: Self.path(rule.direction, rule.index))
        return "\(MessageText.visible(origin.source)):\(origin.line)"
    }

    /// The rules that count, with their places.
    var rules: [(direction: Direction, path: String, rule: Rule)] {
        Direction.allCases.flatMap { direction in
            (policy.rules(direction) ?? []).enumerated().map { index, rule in
                (direction, Self.path(direction, index), rule)
            }
        }
    }

    /// The peers of the rules that count, with their places.
    var peers: [(direction: Direction, path: String, peer: Peer)] {
        rules.flatMap { direction, path, rule in
            guard case .only(let peers) = rule.peers else {
                return [(direction: Direction, path: String, peer: Peer)]()
            }
            return peers.enumerated().map { index, peer in
                (direction, "\(path).\(direction.peersField)[\(index)]", peer)
            }
        }
    }

    /// Where a selector, which stands at `path`, speaks of a label's key.
    func path(ofKey key: String, in path: String) -> String {
        let entry = "\(path).matchLabels[\(key)]"
        if layout.contains(entry) { return entry }
        let expressions = (0..<layout.count("\(path).matchExpressions")).map {
            "\(path).matchExpressions[\($0)]"
        }
        return expressions.first { layout.text("\($0).key") == key } ?? path
    }
}

extension Direction {
    /// What a rule's list of peers is called: `from` or `to`.
    var peersField: String { self == .ingress ? "from" : "to" }

    /// As `policyTypes` has it: `Ingress`.
    var policyType: String { self == .ingress ? "Ingress" : "Egress" }
}
