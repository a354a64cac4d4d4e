// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A kind of objects that the server keeps, and how the API calls it.
public struct APIResource: Hashable, Sendable {
    /// Empty for the core group.
    public var group: String
    /// `v1`.
    public var version: String
    /// `networkpolicies`.
    public var plural: String
    /// `NetworkPolicy`.
    public var kind: String
    /// Whether its objects live in namespaces.
    public var isNamespaced: Bool
    /// Whether a CustomResourceDefinition brought it; lists then print kind and apiVersion of each item.
    public var isCustom: Bool
    /// `netpol`.
    public var shortNames: [String]

    /// A resource of these parts.
    public init(
        group: String, version: String = "v1", plural: String? = nil, kind: String,
        isNamespaced: Bool, isCustom: Bool = false, shortNames: [String] = []
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural ?? Self.plural(of: kind)
        self.isNamespaced = isNamespaced
        self.isCustom = isCustom
        self.shortNames = shortNames
    }

    /// `v1` or `networking.k8s.io/v1`.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// `pods` or `networkpolicies.networking.k8s.io`, by which messages and this server call it.
    public var name: String { group.isEmpty ? plural : "\(plural).\(group)" }

    private static func plural(of kind: String) -> String {
        let word = kind.lowercased()
        if word.hasSuffix("y") { return word.dropLast() + "ies" }
        return word + (word.hasSuffix("s") ? "es" : "s")
    }
}

extension [APIResource] {
    /// What every server has, as far as network policies need it.
    public static var builtIn: [APIResource] {
        [
            APIResource(group: "", kind: "Namespace", isNamespaced: false, shortNames: ["ns"]),
            APIResource(group: "", kind: "Node", isNamespaced: false, shortNames: ["no"]),
            APIResource(group: "", kind: "Pod", isNamespaced: true, shortNames: ["po"]),
            APIResource(group: "", kind: "ServiceAccount", isNamespaced: true, shortNames: ["sa"]),
            APIResource(group: "", kind: "Event", isNamespaced: true, shortNames: ["ev"]),
            APIResource(group: "", kind: "Service", isNamespaced: true, shortNames: ["svc"]),
            APIResource(group: "", kind: "ConfigMap", isNamespaced: true, shortNames: ["cm"]),
            APIResource(group: "events.k8s.io", kind: "Event", isNamespaced: true),
            APIResource(group: "discovery.k8s.io", kind: "EndpointSlice", isNamespaced: true),
            APIResource(
                group: "networking.k8s.io", kind: "NetworkPolicy", isNamespaced: true,
                shortNames: ["netpol"]),
            .definitions,
        ]
    }

    /// The cluster-wide policies of SIG Network.
    public static var clusterPolicies: [APIResource] {
        [
            policy("v1alpha1", "AdminNetworkPolicy", ["anp"]),
            policy("v1alpha1", "BaselineAdminNetworkPolicy", ["banp"]),
            policy("v1alpha2", "ClusterNetworkPolicy", ["cnp"]),
        ]
    }

    private static func policy(
        _ version: String, _ kind: String, _ shortNames: [String]
    ) -> APIResource {
        APIResource(
            group: "policy.networking.k8s.io", version: version, kind: kind, isNamespaced: false,
            isCustom: true, shortNames: shortNames)
    }

    /// What an installation of Calico brings.
    public static var calico: [APIResource] {
        [
            "BGPConfiguration", "BGPFilter", "BGPPeer", "BlockAffinity", "CalicoNodeStatus",
            "ClusterInformation", "FelixConfiguration", "GlobalNetworkPolicy", "GlobalNetworkSet",
            "HostEndpoint", "IPAMBlock", "IPAMConfig", "IPAMHandle", "IPPool", "IPReservation",
            "KubeControllersConfiguration", "Tier", "StagedGlobalNetworkPolicy",
        ].map { calico($0, isNamespaced: false) }
            + [
                "NetworkPolicy", "NetworkSet", "StagedNetworkPolicy",
                "StagedKubernetesNetworkPolicy",
            ].map { calico($0, isNamespaced: true) }
    }

    private static func calico(_ kind: String, isNamespaced: Bool) -> APIResource {
        APIResource(
            group: "crd.projectcalico.org", kind: kind, isNamespaced: isNamespaced, isCustom: true)
    }
}

extension APIResource {
    /// The objects that say which custom resources there are.
    public static let definitions = APIResource(
        group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", isNamespaced: false,
        shortNames: ["crd"])

    /// What a CustomResourceDefinition brings; nil if it lacks what is needed.
    init?(definition: JSONTree) {
        guard let spec = definition["spec"], let group = spec["group"]?.string,
            let kind = spec["names"]?["kind"]?.string,
            let plural = spec["names"]?["plural"]?.string,
            let version = spec["versions"]?.elements.first?["name"]?.string
        else { return nil }
        self.init(
            group: group, version: version, plural: plural, kind: kind,
            isNamespaced: spec["scope"]?.string == "Namespaced", isCustom: true,
            shortNames: spec["names"]?["shortNames"]?.elements.compactMap(\.string) ?? [])
    }

    /// The CustomResourceDefinition that brings this.
    var definition: JSONTree {
        let names = JSONTree.members(
            ("plural", .text(plural)), ("singular", .text(kind.lowercased())),
            ("shortNames", shortNames.isEmpty ? nil : .list(shortNames.map(JSONTree.text))),
            ("kind", .text(kind)), ("listKind", .text("\(kind)List")))
        let version = JSONTree.members(
            ("name", .text(version)), ("served", true), ("storage", true),
            ("schema", .members(("openAPIV3Schema", .members(("type", "object"))))))
        let condition = JSONTree.members(("type", "Established"), ("status", "True"))
        return .members(
            ("apiVersion", "apiextensions.k8s.io/v1"), ("kind", "CustomResourceDefinition"),
            ("metadata", .members(("name", .text(name)))),
            (
                "spec",
                .members(
                    ("group", .text(group)), ("names", names),
                    ("scope", isNamespaced ? "Namespaced" : "Cluster"),
                    ("versions", .list([version])))
            ),
            ("status", .members(("conditions", .list([condition])))))
    }
}
