// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The kinds of Calico's API that concern us.
enum CalicoKind: String, CaseIterable {
    case tier = "Tier"
    case networkPolicy = "NetworkPolicy"
    case globalNetworkPolicy = "GlobalNetworkPolicy"
    case stagedNetworkPolicy = "StagedNetworkPolicy"
    case stagedGlobalNetworkPolicy = "StagedGlobalNetworkPolicy"
    case stagedKubernetesNetworkPolicy = "StagedKubernetesNetworkPolicy"
    case networkSet = "NetworkSet"
    case globalNetworkSet = "GlobalNetworkSet"
    case hostEndpoint = "HostEndpoint"
    case workloadEndpoint = "WorkloadEndpoint"
    case profile = "Profile"
    case pool = "IPPool"
    case configuration = "FelixConfiguration"

    /// The versions that are known: as `calicoctl` prints objects, and as clusters store them.
    static let versions = ["projectcalico.org/v3", "crd.projectcalico.org/v1"]

    /// Kinds of the same API that say nothing of policies, and yet are spelt much like one that does.
    private static let others = ["IPReservation", "BGPConfiguration", "Node", "NodeStatus"]

    /// Whether the type belongs to Calico's API, in whatever version.
    static func isGroup(_ group: Substring) -> Bool {
        group == "projectcalico.org" || group == "crd.projectcalico.org"
    }
}

extension ObjectKind {
    /// What Calico's API, or a kind that only it has, makes of a type; nil if it is another's.
    init?(calico type: TypeName) {
        let kind = CalicoKind(rawValue: type.kind)
        guard CalicoKind.isGroup(type.group) else {
            // No other API has a kind of these names.
            guard let kind, kind.rawValue.contains("NetworkPolicy"), kind != .networkPolicy
            else { return nil }
            self = .unknownVersion(type)
            return
        }
        if let kind {
            self =
                CalicoKind.versions.contains(type.apiVersion)
                ? .calico(kind) : .unknownVersion(type)
        } else if let item = type.listItem, CalicoKind(rawValue: item.kind) != nil {
            self = .list(of: item)
        } else if let meant = CalicoKind.meant(by: type.kind) {
            self = .refused(
                field: "kind", message: "\(MessageText.quoted(type.kind)) is no kind of this API",
                remedy: "did you mean \(meant)?")
        } else {
            self = .other
        }
    }

    private static func unknownVersion(_ type: TypeName) -> ObjectKind {
        .refused(
            field: "apiVersion",
            message: "\(MessageText.quoted(type.apiVersion)) is no known version of \(type.kind)",
            remedy: "write \(CalicoKind.versions.joined(separator: " or "))")
    }
}

extension CalicoKind {
    /// The kind or list that a misspelt word probably means.
    fileprivate static func meant(by word: String) -> String? {
        if others.contains(word) { return nil }
        let kinds = allCases.map(\.rawValue)
        return NearMiss.of(word, among: kinds + kinds.map { "\($0)List" })
    }
}
