// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An endpoint's kind, namespace and name, unique among living endpoints.
public struct EndpointID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// What it is.
    public var kind: EndpointKind
    /// The pod's namespace (`metadata.namespace`); empty for a host endpoint, which has none.
    public var namespace: String
    /// The name as its object states it.
    public var name: String

    /// A value of these parts.
    public init(kind: EndpointKind = .pod, namespace: String, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// `namespace/name`, or the name alone for what has no namespace.
    public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

    /// By namespace first, then by what follows.
    public static func < (left: EndpointID, right: EndpointID) -> Bool {
        (left.namespace, left.name, left.kind.rawValue)
            < (right.namespace, right.name, right.kind.rawValue)
    }
}

/// What an endpoint is.
public enum EndpointKind: UInt8, Hashable, Sendable, CaseIterable {
    /// A pod, told of by Kubernetes or by Calico's WorkloadEndpoint of orchestrator `k8s`.
    case pod
    /// A workload of another orchestrator (Calico's WorkloadEndpoint).
    case workload
    /// An interface of a node (Calico's HostEndpoint): it governs what the node itself sends and
    /// receives there.
    case host
}
