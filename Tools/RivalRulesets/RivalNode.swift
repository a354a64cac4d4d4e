// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyResolution

/// What a rival's ruleset is made of: a node's endpoints with their policies and the interfaces
/// behind which they are, and who the members of each selector are.
public struct RivalNode {
    /// An endpoint of the node.
    struct Place {
        var local: LocalEndpoint
        /// The name of the node's interface behind which the endpoint is.
        var interface: String
    }

    let places: [Place]
    let resolution: Resolution
    /// What the names of endpoints' interfaces begin with, and no other interface's name.
    let prefix: String
    /// The blocks from which endpoints have their addresses.
    let pools: [CIDR]

    /// - Parameters:
    ///   - state: the whole cluster.
    ///   - node: the node's name.
    ///   - prefix: what the names of all endpoints' interfaces begin with.
    ///   - pools: the blocks from which endpoints have their addresses.
    ///   - interface: the name of the interface behind which an endpoint is; nil for endpoints
    ///     that no packet comes to.
    public init(
        _ state: ClusterState, node: String, prefix: String, pools: [CIDR] = [],
        interface: (EndpointID) -> String?
    ) {
        resolution = Resolution(state, node: node)
        self.prefix = prefix
        self.pools = pools
        places = resolution.localEndpoints.compactMap { local in
            interface(local.endpoint.id).map { Place(local: local, interface: $0) }
        }
    }
}
