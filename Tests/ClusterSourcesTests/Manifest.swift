// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyTestKit

/// Small manifests to write into files.
enum Manifest {
    static func pod(_ name: String, labels: String = "{}", address: String? = nil) -> String {
        """
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: \(name), namespace: shop, labels: \(labels)}
        spec: {nodeName: node-a, containers: [{name: c}]}
        \(address.map { "status: {podIP: \($0), podIPs: [{ip: \($0)}]}" } ?? "")

        """
    }

    static func namespace(_ name: String) -> String {
        "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: \(name)}\n"
    }

    static func policy(_ name: String) -> String {
        """
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: \(name), namespace: shop}
        spec: {podSelector: {}, policyTypes: [Ingress]}

        """
    }

    /// One to four objects of a small world, so that they often collide; or none, or nonsense.
    static func random(_ random: inout SeededGenerator) -> String {
        if random.chance(8) { return "" }
        if random.chance(8) { return pod("ok") + "---\nkind: Pod\napiVersion: v1\n" }
        if random.chance(5) { return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n" }
        return (1...random.number(in: 1...4)).map { _ in
            let number = random.number(in: 0...9)
            switch random.number(in: 0...3) {
            case 0: return namespace("n\(number)")
            case 1: return policy("p\(number)")
            default:
                return pod(
                    "p\(number)", labels: "{v: \"\(random.number(in: 0...2))\"}",
                    address: "10.0.0.\(random.number(in: 1...12))")
            }
        }.joined()
    }
}

extension ClusterState {
    /// Nothing at all, not even the standard tier.
    static var nothing: ClusterState { ClusterState(tiers: []) }

    /// With every list in order of name.
    var inOrder: ClusterState {
        ClusterState(
            namespaces: namespaces.sorted { $0.name < $1.name },
            nodes: nodes.sorted { $0.name < $1.name },
            endpoints: endpoints.sorted { $0.id < $1.id },
            tiers: tiers.sorted(),
            policies: policies.sorted { $0.id < $1.id })
    }

    mutating func apply(_ changes: [ClusterChange]) {
        for change in changes { apply(change) }
    }
}
