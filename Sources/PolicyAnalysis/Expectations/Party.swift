// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// One side of traffic: an address, and the pod or workload that it belongs to.
struct Party: Hashable {
    /// The address that packets bear.
    var address: IPAddress
    /// Its owner; nil for an address outside.
    var endpoint: EndpointID?
    /// What the author calls it, which parties may share: `shop/web`, `world`.
    var group: String
    /// The group, and the address where it is one of many: `world (such as 203.0.113.1)`.
    var name: String
}
