// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension ClusterState {
    /// The same state without what is known of endpoints' interfaces.
    public var withoutInterfaces: ClusterState {
        var state = self
        for position in state.endpoints.indices {
            guard let known = state.endpoints[position].particulars else { continue }
            state.endpoints[position].particulars = EndpointParticulars(
                profiles: known.profiles, orchestrator: known.orchestrator)
        }
        return state
    }
}
