// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A machine of the cluster and the addresses that it is known by.
public struct Node: Hashable, Sendable {
    public var name: String
    public var addresses: [IPAddress]

    public init(name: String, addresses: [IPAddress] = []) {
        self.name = name
        self.addresses = addresses
    }
}
