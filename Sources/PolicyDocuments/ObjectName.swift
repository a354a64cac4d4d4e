// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// An object's kind, namespace and name, as messages show them.
package struct ObjectName: CustomStringConvertible {
    /// The API kind.
    package var kind: String
    /// Nil for objects of the whole cluster.
    package var namespace: String?
    /// The name as its object states it.
    package var name: String

    /// `NetworkPolicy shop/allow-front`, or `Node worker-1`.
    package var description: String {
        let path = namespace.map { "\(MessageText.visible($0))/" } ?? ""
        return "\(MessageText.visible(kind)) \(path)\(MessageText.visible(name))"
    }
}

extension ObjectName {
    init(_ id: EndpointID) {
        let kind =
            switch id.kind {
            case .pod: "Pod"
            case .workload: "WorkloadEndpoint"
            case .host: "HostEndpoint"
            }
        self.init(
            kind: kind, namespace: id.namespace.isEmpty ? nil : id.namespace, name: id.name)
    }

    init(_ id: WorkloadID) {
        self.init(kind: id.kind.rawValue, namespace: id.namespace, name: id.name)
    }

    init(_ id: PolicyID) {
        self.init(kind: id.kind, namespace: id.namespace, name: id.name)
    }
}
