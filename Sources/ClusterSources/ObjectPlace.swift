// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Where a server keeps one object.
public struct ObjectPlace: Hashable, Sendable, CustomStringConvertible {
    /// The plural by which the API knows the kind: `pods`, or with its group where two APIs use one
    /// name, `networkpolicies.crd.projectcalico.org`.
    public var resource: String
    /// Nil for objects that belong to the whole cluster.
    public var namespace: String?
    /// The object's name.
    public var name: String

    /// A place of these parts.
    public init(resource: String, namespace: String? = nil, name: String) {
        self.resource = resource
        self.namespace = namespace
        self.name = name
    }

    /// How the descriptions of all places of a resource begin.
    static func prefix(of resource: String) -> String { "\(resource)/" }

    /// `pods/shop/web`, by which messages call the object.
    public var description: String {
        namespace.map { "\(resource)/\($0)/\(name)" } ?? "\(resource)/\(name)"
    }
}
