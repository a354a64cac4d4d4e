// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyDocuments

/// Calico's object for a machine, which says in its own way what a Node of Kubernetes says.
///
/// In a cluster of Calico's own there is no other that knows the machines' addresses.
enum CalicoNode {
    /// What a value is turned into.
    static let type = TypeName(apiVersion: "v1", kind: "Node")

    /// The same machine as a Node of Kubernetes.
    ///
    /// Its addresses are those of `spec.addresses` and those by which it speaks BGP, without the lengths
    /// of their networks. Those of tunnels are left out: packets between machines bear the others.
    ///
    /// - Returns: The value as it is if it is no object, for the decoder to say what is wrong with it.
    static func kubernetesNode(from value: [UInt8]) -> [UInt8] {
        guard
            let object = try? JSONSerialization.jsonObject(with: Data(value)) as? [String: Any]
        else { return value }
        let spec = object["spec"] as? [String: Any] ?? [:]
        let listed = (spec["addresses"] as? [Any] ?? []).map { entry in
            (entry as? [String: Any])?["address"] ?? entry
        }
        let bgp = spec["bgp"] as? [String: Any] ?? [:]
        let own = ["ipv4Address", "ipv6Address"].compactMap { bgp[$0] }
        let addresses = (listed + own).filter { $0 as? String != "" }.map {
            address -> [String: Any] in
            let bare = (address as? String)?.split(separator: "/").first.map(String.init)
            return ["type": "InternalIP", "address": bare ?? address]
        }
        var metadata = object["metadata"]
        if var fields = metadata as? [String: Any] {
            fields["annotations"] = nil
            metadata = fields
        }
        let node: [String: Any] = [
            "apiVersion": type.apiVersion, "kind": type.kind, "metadata": metadata ?? [:],
            "status": ["addresses": addresses],
        ]
        guard let data = try? JSONSerialization.data(withJSONObject: node) else { return value }
        return Array(data)
    }
}
