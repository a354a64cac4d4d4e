// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A namespace and its labels.
public struct Namespace: Hashable, Sendable {
    /// A DNS label, unique in the cluster.
    public var name: String
    /// Without `kubernetes.io/metadata.name`, which ``effectiveLabels`` adds.
    public var labels: [String: String]

    /// A namespace; its name label is implied.
    public init(name: String, labels: [String: String] = [:]) {
        self.name = name
        self.labels = labels
    }

    /// The label that the API server sets on every namespace (S11).
    public static let nameLabel = "kubernetes.io/metadata.name"

    /// The label by which Calico's selectors know a namespace's name.
    public static let calicoNameLabel = "projectcalico.org/name"

    /// The labels that selectors see: the object's own and its name, under the names that Kubernetes
    /// and Calico have for it.
    public var effectiveLabels: [String: String] {
        var all = labels
        all[Namespace.nameLabel] = name
        all[Namespace.calicoNameLabel] = name
        return all
    }
}
