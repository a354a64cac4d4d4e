// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// A kind of objects that documents define, each under an identifier of its own.
package protocol ClusterObject: Hashable, Sendable {
    associatedtype ID: Hashable & Comparable & Sendable

    /// Unique among the objects of the kind.
    var id: ID { get }

    /// What messages call the object of an identifier.
    static func name(of id: ID) -> ObjectName

    /// What the state is told where the object is new, has another value, or is gone.
    static func change(_ id: ID, _ value: Self?) -> ClusterChange
}

extension Namespace: ClusterObject {
    package var id: String { name }
    package static func name(of id: String) -> ObjectName {
        ObjectName(kind: "Namespace", name: id)
    }
    package static func change(_ id: String, _ value: Namespace?) -> ClusterChange {
        .namespace(id, value)
    }
}

extension Node: ClusterObject {
    package var id: String { name }
    package static func name(of id: String) -> ObjectName { ObjectName(kind: "Node", name: id) }
    package static func change(_ id: String, _ value: Node?) -> ClusterChange { .node(id, value) }
}

extension Endpoint: ClusterObject {
    package static func name(of id: EndpointID) -> ObjectName { ObjectName(id) }
    package static func change(_ id: EndpointID, _ value: Endpoint?) -> ClusterChange {
        .endpoint(id, value)
    }
}

extension Tier: ClusterObject {
    package var id: String { name }
    package static func name(of id: String) -> ObjectName { ObjectName(kind: "Tier", name: id) }
    package static func change(_ id: String, _ value: Tier?) -> ClusterChange { .tier(id, value) }
}

extension Policy: ClusterObject {
    package static func name(of id: PolicyID) -> ObjectName { ObjectName(id) }
    package static func change(_ id: PolicyID, _ value: Policy?) -> ClusterChange {
        .policy(id, value)
    }
}

extension StagedPolicy: ClusterObject {
    package static func name(of id: PolicyID) -> ObjectName { ObjectName(id) }
    package static func change(_ id: PolicyID, _ value: StagedPolicy?) -> ClusterChange {
        .stagedPolicy(id, value)
    }
}

extension Profile: ClusterObject {
    package var id: String { name }
    package static func name(of id: String) -> ObjectName { ObjectName(kind: "Profile", name: id) }
    package static func change(_ id: String, _ value: Profile?) -> ClusterChange {
        .profile(id, value)
    }
}

extension ServiceAccount: ClusterObject {
    package static func name(of id: ServiceAccountID) -> ObjectName {
        ObjectName(kind: "ServiceAccount", namespace: id.namespace, name: id.name)
    }
    package static func change(_ id: ServiceAccountID, _ value: Self?) -> ClusterChange {
        .serviceAccount(id, value)
    }
}

extension NetworkSet: ClusterObject {
    package static func name(of id: NetworkSetID) -> ObjectName {
        ObjectName(
            kind: id.namespace == nil ? "GlobalNetworkSet" : "NetworkSet",
            namespace: id.namespace, name: id.name)
    }
    package static func change(_ id: NetworkSetID, _ value: NetworkSet?) -> ClusterChange {
        .networkSet(id, value)
    }
}

extension ServiceSlice: ClusterObject {
    package static func name(of id: ServiceSliceID) -> ObjectName {
        ObjectName(kind: "EndpointSlice", namespace: id.namespace, name: id.name)
    }
    package static func change(_ id: ServiceSliceID, _ value: ServiceSlice?) -> ClusterChange {
        .serviceSlice(id, value)
    }
}

extension NodeConfiguration: ClusterObject {
    package var id: String { name }
    package static func name(of id: String) -> ObjectName {
        id.hasPrefix(poolPrefix)
            ? ObjectName(kind: "IPPool", name: String(id.dropFirst(poolPrefix.count)))
            : ObjectName(kind: "FelixConfiguration", name: id)
    }
    package static func change(_ id: String, _ value: NodeConfiguration?) -> ClusterChange {
        .configuration(id, value)
    }
}
