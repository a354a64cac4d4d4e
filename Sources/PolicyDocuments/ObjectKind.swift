// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What a document's `apiVersion` and `kind` make of it.
enum ObjectKind: Equatable {
    case namespace, node, pod, serviceAccount, endpointSlice
    /// A kind of Calico's API.
    case calico(CalicoKind)
    /// A NetworkPolicy of `networking.k8s.io/v1`, or of the old `extensions/v1beta1`.
    case networkPolicy(isDeprecated: Bool)
    /// A cluster-wide policy of `policy.networking.k8s.io`.
    case clusterPolicy(ClusterPolicyKind)
    /// Something that makes pods.
    case workload(WorkloadKind)
    /// A list; `of` tells apiVersion and kind of items that do not say it themselves.
    case list(of: TypeName?)
    /// Nothing that concerns us.
    case other
    /// Something that looks like a kind that we police but is not one: passing over it would
    /// leave open what somebody meant to close.
    case refused(field: String, message: String, remedy: String)

    /// - Parameter knowsWorkloads: Whether kinds that make pods concern us.
    init(_ type: TypeName, knowsWorkloads: Bool = false) {
        if type.kind == "List" {
            self = .list(of: nil)
        } else if let kind = Self(calico: type) {
            self = kind
        } else if type.group == "discovery.k8s.io" {
            self = Self.discovery(type)
        } else if let items = Self.items(of: type) {
            self = .list(of: items)
        } else if knowsWorkloads, let kind = WorkloadKind(type) {
            self = .workload(kind)
        } else if knowsWorkloads, let items = type.listItem, WorkloadKind(items) != nil {
            self = .list(of: items)
        } else if type == TypeName(apiVersion: "v1", kind: "Status") {
            self = .refused(
                field: "kind", message: "is an answer of the API server, not an object",
                remedy: "see in its message why there is nothing else")
        } else if let policed = Self.policed[type.kind] {
            self = Self.ofPolicedKind(policed, type)
        } else if let meant = Self.misspelt(type) {
            self = .refused(
                field: "kind", message: "\(MessageText.quoted(type.kind)) is no kind of this API",
                remedy: "did you mean \(meant)?")
        } else {
            self = .other
        }
    }

    /// What a list of one kind holds, if we police that kind; lists of others are passed over.
    private static func items(of type: TypeName) -> TypeName? {
        guard let item = type.listItem, policed[item.kind] != nil else { return nil }
        return item
    }

    private static let policed: [String: ObjectKind] = [
        "Namespace": .namespace, "Node": .node, "Pod": .pod, "ServiceAccount": .serviceAccount,
        "NetworkPolicy": .networkPolicy(isDeprecated: false),
        "ClusterNetworkPolicy": .clusterPolicy(.clusterNetworkPolicy),
        "AdminNetworkPolicy": .clusterPolicy(.adminNetworkPolicy),
        "BaselineAdminNetworkPolicy": .clusterPolicy(.baselineAdminNetworkPolicy),
    ]

    private static func ofPolicedKind(_ kind: ObjectKind, _ type: TypeName) -> ObjectKind {
        let expected: String
        if case .networkPolicy = kind {
            if type.apiVersion == "networking.k8s.io/v1" { return kind }
            if type.apiVersion == "extensions/v1beta1" {
                return .networkPolicy(isDeprecated: true)
            }
            expected = "networking.k8s.io/v1"
        } else if case .clusterPolicy(let policy) = kind {
            if policy.apiVersions.contains(type.apiVersion) { return kind }
            // Antrea and others have kinds of these names in groups of their own.
            guard type.group.isEmpty || type.group.hasSuffix("k8s.io") else { return .other }
            expected = policy.apiVersions.joined(separator: " or ")
        } else {
            if type.apiVersion == "v1" { return kind }
            // Other APIs have nodes, too; but no other is called like this one.
            guard type.group.isEmpty || type.group == "core" else { return .other }
            expected = "v1"
        }
        return .refused(
            field: "apiVersion",
            message: "\(MessageText.quoted(type.apiVersion)) is no known version of \(type.kind)",
            remedy: "write \(expected)")
    }

    private static func discovery(_ type: TypeName) -> ObjectKind {
        if let item = type.listItem, item.kind == "EndpointSlice" { return .list(of: item) }
        guard type.kind == "EndpointSlice" else { return .other }
        if type.apiVersion == "discovery.k8s.io/v1" { return .endpointSlice }
        return .refused(
            field: "apiVersion",
            message: "\(MessageText.quoted(type.apiVersion)) is no known version of \(type.kind)",
            remedy: "write discovery.k8s.io/v1")
    }

    private static func misspelt(_ type: TypeName) -> String? {
        let isCore = type.group.isEmpty || type.group == "core"
        if isCore, let kind = policed.keys.first(where: { $0.lowercased() == type.lowercasedKind })
        {
            return kind
        }
        let policies = ["NetworkPolicy"] + ClusterPolicyKind.allCases.map(\.rawValue)
        return NearMiss.of(type.kind, among: policies + policies.map { "\($0)List" })
    }
}
