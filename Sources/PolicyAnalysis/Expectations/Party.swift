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
    /// How the author sees it: `shop/web`, `world (such as 203.0.113.1)`.
    var name: String
}
