// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Diagnostic {
    /// Two Namespaces of one name; the first counts.
    public static func definedTwice(
        namespace name: String, at origin: Origin, first: Origin
    ) -> Diagnostic {
        definedTwice(ObjectName(kind: "Namespace", name: name), at: origin, first: first)
    }

    /// Two Nodes of one name; the first counts.
    public static func definedTwice(
        node name: String, at origin: Origin, first: Origin
    ) -> Diagnostic {
        definedTwice(ObjectName(kind: "Node", name: name), at: origin, first: first)
    }

    /// Two Pods of one name; the first counts.
    public static func definedTwice(
        endpoint id: EndpointID, at origin: Origin, first: Origin
    ) -> Diagnostic {
        definedTwice(ObjectName(id), at: origin, first: first)
    }

    /// Two policies of one name; the first counts.
    public static func definedTwice(
        policy id: PolicyID, at origin: Origin, first: Origin
    ) -> Diagnostic {
        definedTwice(ObjectName(id), at: origin, first: first)
    }

    static func definedTwice(
        _ object: ObjectName, at origin: Origin, first: Origin
    ) -> Diagnostic {
        Diagnostic(
            .error, .definedTwice, at: origin, object: object.description,
            message: "is defined twice, first at \(first)", remedy: "keep one of the two")
    }

    /// Two pods that claim one address. The newest of them gets it (S20), which is not decided
    /// here.
    public static func sharedAddress(
        _ address: IPAddress, _ endpoint: Located<Endpoint>, _ other: Located<Endpoint>
    ) -> Diagnostic {
        Diagnostic(
            .warning, .sharedAddress, at: endpoint.origin,
            object: ObjectName(endpoint.value.id).description,
            message: "has the address \(address), and so has \(ObjectName(other.value.id)) at "
                + "\(other.origin)",
            remedy: "the newest counts, and of equally old ones the first by name")
    }
}

extension ObjectName {
    init(_ id: EndpointID) {
        self.init(kind: "Pod", namespace: id.namespace, name: id.name)
    }

    init(_ id: WorkloadID) {
        self.init(kind: id.kind.rawValue, namespace: id.namespace, name: id.name)
    }

    init(_ id: PolicyID) {
        self.init(kind: id.kind, namespace: id.namespace, name: id.name)
    }
}
