// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What Calico's object of this kind says of a workload.
///
/// That of a pod adds to the Pod's own object where there is one, and stands for it where there is
/// none.
public struct WorkloadEndpoint: Hashable, Sendable {
    /// What it says, under the identifier of the pod or of the workload.
    public var endpoint: Endpoint

    /// An object that says this.
    public init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    /// The endpoint that a pod and an object about it describe together; nil if there is neither.
    package static func combined(_ pod: Endpoint?, _ object: WorkloadEndpoint?) -> Endpoint? {
        guard var pod, let object else { return pod ?? object?.endpoint }
        let more = pod.particulars?.allowedSources ?? []
        pod.particulars = object.endpoint.particulars?.allowing(more)
        return pod
    }
}

extension WorkloadEndpoint: ClusterObject {
    package var id: EndpointID { endpoint.id }
    package static func name(of id: EndpointID) -> ObjectName {
        ObjectName(kind: "WorkloadEndpoint", namespace: id.namespace, name: id.name)
    }
    package static func change(_ id: EndpointID, _ value: WorkloadEndpoint?) -> ClusterChange {
        .endpoint(id, value?.endpoint)
    }
}
