// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A pod, or whatever else policies govern, as far as they are concerned.
public struct Endpoint: Hashable, Sendable {
    /// Unique among the cluster's endpoints.
    public var id: EndpointID
    /// The pod's own (`metadata.labels`).
    public var labels: [String: String]
    /// The node it runs on; nil while it is not scheduled.
    public var node: String?
    /// At most one address of each family in Kubernetes; none while the pod is being set up (S12).
    public var addresses: [IPAddress]
    /// The ports that its containers give names (`spec.containers[].ports[]`).
    public var namedPorts: [NamedPort]
    /// Seconds since 1970 at which the object was created: the newest of two owners of an address
    /// keeps it (S20).
    public var created: Int64
    /// The pod uses its node's address and so is neither subject nor peer (S14).
    public var usesHostNetwork: Bool
    /// The pod has succeeded or failed for good; its address may be another's already (S19).
    public var isFinished: Bool
    /// The account that it runs as (`spec.serviceAccountName`); nil stands for `default`, and for
    /// none where the endpoint has no namespace; empty for none.
    public var serviceAccount: String?
    /// What few endpoints have; nil for a pod of which its object tells all.
    public var particulars: EndpointParticulars?

    /// A value of these parts.
    public init(
        id: EndpointID, labels: [String: String] = [:], node: String? = nil,
        addresses: [IPAddress] = [], namedPorts: [NamedPort] = [], created: Int64 = 0,
        usesHostNetwork: Bool = false, isFinished: Bool = false, serviceAccount: String? = nil,
        particulars: EndpointParticulars? = nil
    ) {
        self.id = id
        self.labels = labels
        self.node = node
        self.addresses = addresses
        self.namedPorts = namedPorts
        self.created = created
        self.usesHostNetwork = usesHostNetwork
        self.isFinished = isFinished
        self.serviceAccount = serviceAccount
        self.particulars = particulars
    }

    /// Whether policies can select it: not on its node's address, and not finished.
    public var isPoliced: Bool { !usesHostNetwork && !isFinished }
}

/// A container port with a name (API field `spec.containers[].ports[]`).
public struct NamedPort: Hashable, Sendable, Comparable {
    /// The name as its object states it.
    public var name: String
    /// TCP, UDP or SCTP.
    public var transport: IPProtocol
    /// 1…65535.
    public var number: UInt16

    /// A value of these parts.
    public init(name: String, transport: IPProtocol, number: UInt16) {
        self.name = name
        self.transport = transport
        self.number = number
    }

    /// By namespace or port name first, then by what follows.
    public static func < (left: NamedPort, right: NamedPort) -> Bool {
        (left.name, left.transport, left.number) < (right.name, right.transport, right.number)
    }
}
