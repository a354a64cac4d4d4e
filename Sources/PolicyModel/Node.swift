// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A machine of the cluster and the addresses that it is known by.
public struct Node: Hashable, Sendable {
    /// Unique in the cluster; what pods' `spec.nodeName` refers to.
    public var name: String
    /// Internal and external ones (`status.addresses`).
    public var addresses: [IPAddress]
    /// The object's own (`metadata.labels`).
    public var labels: [String: String]
    /// The node's interfaces with their addresses. Manifests do not tell them, only the node's kernel
    /// does; none: not known.
    public var interfaces: [NodeInterface]

    /// A node with its addresses.
    public init(
        name: String, addresses: [IPAddress] = [], labels: [String: String] = [:],
        interfaces: [NodeInterface] = []
    ) {
        self.name = name
        self.addresses = addresses
        self.labels = labels
        self.interfaces = interfaces
    }
}

/// A network interface of a node.
public struct NodeInterface: Hashable, Sendable {
    /// As the kernel has it, at most 15 bytes.
    public var name: String
    /// Those that are set on it.
    public var addresses: [IPAddress]

    /// An interface with its addresses.
    public init(name: String, addresses: [IPAddress]) {
        self.name = name
        self.addresses = addresses
    }
}

extension ClusterState {
    /// Says which interfaces a node has, whether or not there is an object for the node.
    public mutating func put(_ interfaces: [NodeInterface], onNode name: String) {
        if let position = nodes.firstIndex(where: { $0.name == name }) {
            nodes[position].interfaces = interfaces
        } else {
            nodes.append(Node(name: name, interfaces: interfaces))
        }
    }
}
