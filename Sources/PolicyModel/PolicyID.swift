// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A policy's kind, namespace and name, unique in the cluster.
public struct PolicyID: Hashable, Sendable, Comparable {
    /// The API kind, for example `NetworkPolicy`.
    public var kind: String
    /// Nil for kinds that belong to the whole cluster.
    public var namespace: String?
    /// The name as its object states it.
    public var name: String

    /// A value of these parts.
    public init(kind: String, namespace: String?, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// By name, then namespace, then kind: the order of policies of equal order.
    public static func < (left: PolicyID, right: PolicyID) -> Bool {
        (left.name, left.namespace ?? "", left.kind)
            < (right.name, right.namespace ?? "", right.kind)
    }
}

extension PolicyID: CustomStringConvertible {
    /// `namespace/name`, or the name alone for a policy of the whole cluster.
    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }
}
