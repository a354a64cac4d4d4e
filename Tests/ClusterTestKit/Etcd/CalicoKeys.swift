// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// The keys and values under which Calico would keep the objects of a list of manifests in etcd.
///
/// Calico's own objects are kept as they are. Of Kubernetes' nodes there are objects of Calico's;
/// its other objects are not kept there.
public struct CalicoKeys {
    /// A key with its value.
    public struct Pair: Sendable {
        public var key: String
        public var value: String

        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// In order of the list.
    public private(set) var pairs: [Pair] = []
    /// The objects that are kept, as one list of manifests.
    public private(set) var manifests = ""

    // calicoctl's documentation lists the kinds, etcd's paths of Calico their names there.
    private static let places: [String: (plural: String, isNamespaced: Bool)] = [
        "Tier": ("tiers", false), "Profile": ("profiles", false), "IPPool": ("ippools", false),
        "NetworkPolicy": ("networkpolicies", true), "NetworkSet": ("networksets", true),
        "GlobalNetworkPolicy": ("globalnetworkpolicies", false),
        "GlobalNetworkSet": ("globalnetworksets", false),
        "StagedNetworkPolicy": ("stagednetworkpolicies", true),
        "StagedGlobalNetworkPolicy": ("stagedglobalnetworkpolicies", false),
        "StagedKubernetesNetworkPolicy": ("stagedkubernetesnetworkpolicies", true),
        "HostEndpoint": ("hostendpoints", false),
        "WorkloadEndpoint": ("workloadendpoints", true),
        "FelixConfiguration": ("felixconfigurations", false), "Node": ("nodes", false),
    ]

    /// - Parameter list: JSON with `items`, as `kubectl get -o json` prints it.
    public init(_ list: String) throws {
        let root = try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [String: Any]
        var kept: [[String: Any]] = []
        for item in root?["items"] as? [[String: Any]] ?? [] {
            let version = item["apiVersion"] as? String ?? ""
            let kind = item["kind"] as? String ?? ""
            let isNode = version == "v1" && kind == "Node"
            guard version == "projectcalico.org/v3" || isNode, let place = Self.places[kind]
            else { continue }
            let metadata = item["metadata"] as? [String: Any] ?? [:]
            let name = metadata["name"] as? String ?? ""
            let namespace = metadata["namespace"] as? String ?? "default"
            kept.append(item)
            pairs.append(
                Pair(
                    key: Self.key(place.plural, place.isNamespaced ? namespace : nil, name),
                    value: try Self.text(isNode ? Self.node(item) : item)))
        }
        manifests = try Self.text(["apiVersion": "v1", "kind": "List", "items": kept])
    }

    /// The key of an object.
    public static func key(_ plural: String, _ namespace: String?, _ name: String) -> String {
        let path = namespace.map { "\($0)/\(name)" } ?? name
        return "/calico/resources/v3/projectcalico.org/\(plural)/\(path)"
    }

    /// What Calico says of a machine: the first address of a family is where it speaks BGP.
    private static func node(_ item: [String: Any]) -> [String: Any] {
        let status = item["status"] as? [String: Any]
        let addresses = (status?["addresses"] as? [[String: Any]] ?? []).filter {
            ["InternalIP", "ExternalIP"].contains($0["type"] as? String)
        }
        let first = addresses.first?["address"] as? String ?? ""
        let bgp: [String: Any] = [
            first.contains(":") ? "ipv6Address" : "ipv4Address":
                "\(first)/\(first.contains(":") ? 64 : 24)", "asNumber": 64512,
        ]
        return [
            "apiVersion": "projectcalico.org/v3", "kind": "Node",
            "metadata": item["metadata"] ?? [:],
            "spec": [
                "addresses": addresses, "bgp": bgp, "ipv4VXLANTunnelAddr": "192.168.255.1",
            ],
        ]
    }

    private static func text(_ object: Any) throws -> String {
        String(
            decoding: try JSONSerialization.data(
                withJSONObject: object, options: .withoutEscapingSlashes), as: UTF8.self)
    }
}
