// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
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

    /// What a value says to be, if that is not of this kind; nil if it is, says nothing of it, or is no
    /// object.
    func otherType(of value: [UInt8]) -> String? {
        let text = value.drop { $0 <= UInt8(ascii: " ") }
        guard let end = text.lastIndex(where: { $0 > UInt8(ascii: " ") }),
            let members = JSONMembers.of(Array(text[...end]))
        else { return nil }
        func stated(_ name: String) -> String? {
            guard let text = members[name], !text.elementsEqual("null".utf8) else { return nil }
            // What is no string is not what was expected, either.
            return (try? JSONDecoder().decode(String.self, from: Data(text)))
                ?? String(decoding: text, as: UTF8.self)
        }
        let (version, kind) = (stated("apiVersion"), stated("kind"))
        if version ?? type.apiVersion == type.apiVersion, kind ?? type.kind == type.kind {
            return nil
        }
        return "\(kind ?? type.kind) of \(version ?? type.apiVersion)"
    }

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
    /// Takes the value of a key of Calico's. One that says to be something else than its key is not
    /// what anybody who reads that kind would find there, and is refused.
    mutating func put(_ value: [UInt8], of resource: CalicoResource, at place: ObjectPlace) {
        if let stated = resource.otherType(of: value) {
            refuse(
                place,
                because: "is \(stated), where the key stands for \(resource.kind) of "
                    + resource.type.apiVersion,
                remedy: "write the object with calicoctl, or delete the key")
            return
        }
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
