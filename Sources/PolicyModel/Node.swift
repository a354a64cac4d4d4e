// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A machine of the cluster and the addresses that it is known by.
public struct Node: Hashable, Sendable {
    /// Unique in the cluster; what pods' `spec.nodeName` refers to.
    public var name: String
    /// Internal and external ones (`status.addresses`).
    public var addresses: [IPAddress]

    /// A node with its addresses.
    public init(name: String, addresses: [IPAddress] = []) {
        self.name = name
        self.addresses = addresses
    }
}
