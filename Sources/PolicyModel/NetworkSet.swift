// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Labelled blocks of addresses (Calico's NetworkSet and GlobalNetworkSet): a peer that selectors
/// find, never a subject.
public struct NetworkSet: Hashable, Sendable {
    /// The set's namespace and name.
    public var id: NetworkSetID
    /// The object's own (`metadata.labels`).
    public var labels: [String: String]
    /// Its blocks, which may overlap each other and pods' addresses (S72).
    public var blocks: [CIDR]

    /// A set of these blocks.
    public init(id: NetworkSetID, labels: [String: String] = [:], blocks: [CIDR] = []) {
        self.id = id
        self.labels = labels
        self.blocks = blocks
    }
}

/// A network set's namespace and name.
public struct NetworkSetID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Nil for a GlobalNetworkSet.
    public var namespace: String?
    /// The name as its object states it.
    public var name: String

    /// A value of these parts.
    public init(namespace: String?, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// `namespace/name`, or the name alone.
    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }

    /// By namespace first, global ones before all others.
    public static func < (left: NetworkSetID, right: NetworkSetID) -> Bool {
        (left.namespace ?? "", left.name) < (right.namespace ?? "", right.name)
    }
}
