// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A service account and its labels.
public struct ServiceAccount: Hashable, Sendable {
    /// The account's namespace and name.
    public var id: ServiceAccountID
    /// Without ``nameLabel``, which ``effectiveLabels`` adds.
    public var labels: [String: String]

    /// An account; its name label is implied.
    public init(id: ServiceAccountID, labels: [String: String] = [:]) {
        self.id = id
        self.labels = labels
    }

    /// The label by which selectors know an account's name.
    public static let nameLabel = "projectcalico.org/name"
    /// The account of pods that name none.
    public static let standardName = "default"

    /// The labels that selectors see: the object's own and its name.
    public var effectiveLabels: [String: String] {
        labels.merging([Self.nameLabel: id.name]) { _, name in name }
    }
}

/// A service account's namespace and name.
public struct ServiceAccountID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The account's namespace.
    public var namespace: String
    /// The name as its object states it.
    public var name: String

    /// A value of these parts.
    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// `namespace/name`.
    public var description: String { "\(namespace)/\(name)" }

    /// By namespace first.
    public static func < (left: ServiceAccountID, right: ServiceAccountID) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

extension Endpoint {
    /// The account that the endpoint runs as; nil for what stands in no namespace or runs as none.
    public var serviceAccountID: ServiceAccountID? {
        if id.namespace.isEmpty || serviceAccount == "" { return nil }
        return ServiceAccountID(
            namespace: id.namespace, name: serviceAccount ?? ServiceAccount.standardName)
    }
}
