// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Prints a state as the Kubernetes manifests that decode to it, in one YAML stream.
///
/// It can print what the API can say, as ``WorldGenerator`` draws it in the Kubernetes style:
/// policies of allow rules in the standard tier, and selectors that are everything, one
/// requirement, or all of several.
public enum ManifestPrinter {
    /// The manifests of all objects: namespaces, nodes, pods and policies, in the state's order.
    ///
    /// - Precondition: every policy is a NetworkPolicy.
    public static func print(_ state: ClusterState) -> String {
        var writer = YAMLWriter()
        for namespace in state.namespaces { writer.manifest(of: namespace) }
        for node in state.nodes { writer.manifest(of: node) }
        for pod in state.endpoints { writer.manifest(of: pod) }
        for policy in state.policies { writer.manifest(of: policy) }
        return writer.text
    }
}

extension YAMLWriter {
    fileprivate mutating func manifest(of namespace: Namespace) {
        document(apiVersion: "v1", kind: "Namespace")
        block("metadata") {
            $0.entry("name", namespace.name)
            $0.entries("labels", namespace.labels)
        }
    }

    fileprivate mutating func manifest(of node: Node) {
        document(apiVersion: "v1", kind: "Node")
        block("metadata") { $0.entry("name", node.name) }
        block("status") {
            $0.list("addresses", node.addresses) {
                $0.entry("type", "InternalIP")
                $0.entry("address", $1.description)
            }
        }
    }
}
