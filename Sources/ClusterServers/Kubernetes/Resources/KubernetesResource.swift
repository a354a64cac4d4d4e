// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments

/// A kind of objects that is followed, and where a Kubernetes API serves it.
struct KubernetesResource: Hashable, Sendable {
    /// How places and messages call it: `pods`, `tiers.crd.projectcalico.org`.
    var place: String
    /// As in the API's paths.
    var plural: String
    var kind: String
    /// The first of these that is served at all is read.
    var groups: [Group]
    /// Whether a cluster may do without it.
    var presence: Presence
    /// What is wanted of its objects.
    var shape: ObjectShape

    /// An API group and its versions, the one that is preferred first.
    struct Group: Hashable, Sendable {
        var name: String
        var versions: [String]
    }

    /// Whether a cluster may do without a kind.
    enum Presence: Hashable, Sendable {
        /// Every server has it.
        case required
        /// It belongs to its group: if that is there without it, something is not installed.
        case expected
        /// It may be there or not.
        case optional
    }

    /// A version of a resource that a server serves.
    struct Version: Hashable, Sendable {
        var group: String
        var version: String

        /// As objects write it.
        var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
        /// Where the server describes it.
        var path: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
    }

    /// All versions, in the order in which they are preferred.
    var versions: [Version] {
        groups.flatMap { group in
            group.versions.map { Version(group: group.name, version: $0) }
        }
    }

    /// What the objects of a version are where they do not say it themselves, as in lists.
    func type(in version: Version) -> TypeName {
        TypeName(apiVersion: version.apiVersion, kind: kind)
    }

    private init(
        _ plural: String, _ kind: String, _ groups: [Group], _ presence: Presence,
        _ shape: ObjectShape
    ) {
        self.plural = plural
        self.kind = kind
        self.groups = groups
        self.presence = presence
        self.shape = shape
        let group = groups[0].name
        place = presence == .required ? plural : "\(plural).\(group)"
    }
}

extension KubernetesResource {
    /// All kinds that bear on policies.
    static let all = core + clusterPolicies + calico

    /// Of these there are most.
    static let pods = required("pods", "Pod", shape: .pod)

    /// What every server has.
    static let core: [KubernetesResource] = [
        required("namespaces", "Namespace", shape: .labelled),
        pods,
        required("nodes", "Node", shape: .node),
        required("serviceaccounts", "ServiceAccount", shape: .labelled),
        required("endpointslices", "EndpointSlice", of: "discovery.k8s.io", shape: .endpointSlice),
        required("networkpolicies", "NetworkPolicy", of: "networking.k8s.io", shape: .policy),
    ]

    /// Kubernetes' policies for whole clusters, which are installed beside it.
    static let clusterPolicies: [KubernetesResource] = [
        clusterPolicy(
            "clusternetworkpolicies", "ClusterNetworkPolicy", versions: ["v1beta1", "v1alpha2"]),
        clusterPolicy("adminnetworkpolicies", "AdminNetworkPolicy", versions: ["v1alpha1"]),
        clusterPolicy(
            "baselineadminnetworkpolicies", "BaselineAdminNetworkPolicy", versions: ["v1alpha1"]),
    ]

    /// Calico's objects. Clusters store them as custom resources; a server of Calico's may offer the
    /// same objects a second time, which are then not read.
    static let calico: [KubernetesResource] = [
        calico("tiers", "Tier", .expected),
        calico("networkpolicies", "NetworkPolicy", .expected),
        calico("globalnetworkpolicies", "GlobalNetworkPolicy", .expected),
        calico("networksets", "NetworkSet", .expected),
        calico("globalnetworksets", "GlobalNetworkSet", .expected),
        calico("hostendpoints", "HostEndpoint", .expected),
        calico("ippools", "IPPool", .expected),
        calico("felixconfigurations", "FelixConfiguration", .expected),
        calico("stagednetworkpolicies", "StagedNetworkPolicy", .optional),
        calico("stagedglobalnetworkpolicies", "StagedGlobalNetworkPolicy", .optional),
        calico("stagedkubernetesnetworkpolicies", "StagedKubernetesNetworkPolicy", .optional),
        calico("workloadendpoints", "WorkloadEndpoint", .optional),
        calico("profiles", "Profile", .optional),
    ]

    private static func required(
        _ plural: String, _ kind: String, of group: String = "", shape: ObjectShape
    ) -> KubernetesResource {
        KubernetesResource(
            plural, kind, [Group(name: group, versions: ["v1"])], .required, shape)
    }

    private static func clusterPolicy(
        _ plural: String, _ kind: String, versions: [String]
    ) -> KubernetesResource {
        KubernetesResource(
            plural, kind, [Group(name: "policy.networking.k8s.io", versions: versions)],
            .optional, .policy)
    }

    private static func calico(
        _ plural: String, _ kind: String, _ presence: Presence
    ) -> KubernetesResource {
        let groups = [
            Group(name: "crd.projectcalico.org", versions: ["v1"]),
            Group(name: "projectcalico.org", versions: ["v3"]),
        ]
        return KubernetesResource(plural, kind, groups, presence, .policy)
    }
}
