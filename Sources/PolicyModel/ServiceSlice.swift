// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Some of the endpoints behind a Service (an EndpointSlice of `discovery.k8s.io/v1`).
public struct ServiceSlice: Hashable, Sendable {
    /// The slice's own namespace and name, unique in the cluster.
    public var id: ServiceSliceID
    /// The name of the Service, in the slice's namespace (label `kubernetes.io/service-name`).
    public var service: String
    /// The addresses of all its endpoints, ready or not.
    public var addresses: [IPAddress]
    /// Protocol and number of each port, which every address has.
    public var ports: [ServicePort]

    /// A slice of these parts.
    public init(
        id: ServiceSliceID, service: String, addresses: [IPAddress] = [],
        ports: [ServicePort] = []
    ) {
        self.id = id
        self.service = service
        self.addresses = addresses
        self.ports = ports
    }

    /// The Service whose endpoints these are.
    public var serviceID: ServiceID { ServiceID(namespace: id.namespace, name: service) }
}

/// The namespace and name of a ``ServiceSlice``.
public struct ServiceSliceID: Hashable, Sendable, Comparable {
    /// The slice's namespace.
    public var namespace: String
    /// The name as its object states it.
    public var name: String

    /// A value of these parts.
    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// By namespace first.
    public static func < (left: ServiceSliceID, right: ServiceSliceID) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// A Service's namespace and name.
public struct ServiceID: Hashable, Sendable, CustomStringConvertible {
    /// The Service's namespace.
    public var namespace: String
    /// The name as its object states it.
    public var name: String

    /// A value of these parts.
    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// `namespace/name`.
    public var description: String { "\(namespace)/\(name)" }
}

/// A port of a Service's endpoints, after translation (S25).
public struct ServicePort: Hashable, Sendable, Comparable {
    /// TCP, UDP or SCTP.
    public var transport: IPProtocol
    /// 1…65535.
    public var number: UInt16

    /// A value of these parts.
    public init(transport: IPProtocol, number: UInt16) {
        self.transport = transport
        self.number = number
    }

    /// By protocol first.
    public static func < (left: ServicePort, right: ServicePort) -> Bool {
        (left.transport, left.number) < (right.transport, right.number)
    }
}
