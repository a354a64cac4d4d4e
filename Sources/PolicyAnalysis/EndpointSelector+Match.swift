// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension EndpointSelector {
    /// Whether an endpoint stands in the right namespace and has the right labels (S7).
    ///
    /// - Parameter namespaces: By name; one that is missing has its name's label alone (S11).
    func matches(_ endpoint: Endpoint, in namespaces: [String: Namespace]) -> Bool {
        let name = endpoint.id.namespace
        let isInScope =
            switch self.namespaces {
            case .any: true
            case .named(let wanted): name == wanted
            case .labelled(let selector):
                selector.matches((namespaces[name] ?? Namespace(name: name)).effectiveLabels)
            }
        return isInScope && labels.matches(endpoint.labels)
    }
}
