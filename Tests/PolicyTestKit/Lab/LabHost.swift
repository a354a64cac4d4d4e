// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A host of a lab: a local pod, a remote pod or the outside world, all reached through the node.
public struct LabHost: Hashable, Sendable {
    /// The name by which probes call it, unique in its lab.
    public let name: String

    /// Its addresses, IPv4 or IPv6 without a prefix length, all on its one interface.
    public let addresses: [String]

    /// A host with any number of addresses.
    public init(name: String, addresses: [String]) {
        self.name = name
        self.addresses = addresses
    }
}
