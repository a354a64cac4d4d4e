// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Diagnostic {
    /// Two objects of one kind and name; the first counts.
    package static func definedTwice(
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
