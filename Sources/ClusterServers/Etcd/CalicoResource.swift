// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import PolicyDocuments

/// A kind of objects that Calico keeps in etcd, and where.
///
/// The keys are `/calico/resources/v3/projectcalico.org/<plural>/<name>`, with the namespace in front
/// of the name where objects belong to one; the values are objects of `projectcalico.org/v3` in JSON.
struct CalicoResource: Hashable, Sendable {
    /// Part of the key, and of messages: `networkpolicies`.
    let plural: String
    /// As `NetworkPolicy`.
    let kind: String
    let isNamespaced: Bool

    private init(_ plural: String, _ kind: String, isNamespaced: Bool = false) {
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
    }

    /// What stands in front of the plural.
    static let root = "/calico/resources/v3/projectcalico.org/"

    /// All that bear on policies. Calico keeps more, as routes and the assignment of addresses; they
    /// are not read.
    ///
    /// Each is asked for on its own, because roles of etcd are granted kind by kind.
    static let all = [
        CalicoResource("tiers", "Tier"),
        CalicoResource("nodes", "Node"),
        CalicoResource("profiles", "Profile"),
        CalicoResource("networkpolicies", "NetworkPolicy", isNamespaced: true),
        CalicoResource("globalnetworkpolicies", "GlobalNetworkPolicy"),
        CalicoResource("stagednetworkpolicies", "StagedNetworkPolicy", isNamespaced: true),
        CalicoResource("stagedglobalnetworkpolicies", "StagedGlobalNetworkPolicy"),
        CalicoResource(
            "stagedkubernetesnetworkpolicies", "StagedKubernetesNetworkPolicy", isNamespaced: true),
        CalicoResource("networksets", "NetworkSet", isNamespaced: true),
        CalicoResource("globalnetworksets", "GlobalNetworkSet"),
        CalicoResource("hostendpoints", "HostEndpoint"),
        CalicoResource("workloadendpoints", "WorkloadEndpoint", isNamespaced: true),
        CalicoResource("ippools", "IPPool"),
        CalicoResource("felixconfigurations", "FelixConfiguration"),
    ]

    /// What the keys of all objects of this kind begin with.
    var prefix: String { "\(Self.root)\(plural)/" }

    /// The first key behind those that begin with ``prefix``.
    var end: String { "\(Self.root)\(plural)0" }

    /// What an object is that does not say so itself.
    var type: TypeName { TypeName(apiVersion: "projectcalico.org/v3", kind: kind) }

    /// The object that a key stands for; nil if it is none of this layout.
    func place(of key: String) -> ObjectPlace? {
        guard key.hasPrefix(prefix) else { return nil }
        let parts = key.dropFirst(prefix.count).split(
            separator: "/", omittingEmptySubsequences: false)
        guard parts.count == (isNamespaced ? 2 : 1), !parts.contains("") else { return nil }
        return ObjectPlace(
            resource: plural, namespace: isNamespaced ? String(parts[0]) : nil,
            name: String(parts[parts.count - 1]))
    }
}

extension ObjectStore {
    /// Takes the value of a key of Calico's.
    mutating func put(_ value: [UInt8], of resource: CalicoResource, at place: ObjectPlace) {
        // As a manifest a list of none would be good, and take away what there was.
        let isList = value.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[")
        let value = isList ? Array("\"a list where an object was expected\"".utf8) : value
        if resource.kind == "Node" {
            put(
                CalicoNode.kubernetesNode(from: value), as: CalicoNode.type, at: place)
        } else {
            put(value, as: resource.type, at: place)
        }
    }
}
