// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension ServiceSlice {
    /// The label by which a slice says whose endpoints it lists.
    private static let serviceLabel = "kubernetes.io/service-name"

    /// Decodes an object of kind EndpointSlice; nil without an error if it belongs to no Service, or
    /// lists names in place of addresses.
    init?(_ object: Field, defaultNamespace: String, _ log: inout ProblemLog) {
        guard
            let metadata = ObjectMetadata(
                of: object, kind: "EndpointSlice", scope: .namespaced(default: defaultNamespace),
                isValidName: NameSyntax.isSubdomain, nameRule: NameSyntax.subdomainRule, &log)
        else { return nil }
        guard object["addressType"] != nil else {
            log.missing("addressType", of: object, remedy: "write IPv4, IPv6 or FQDN")
            return nil
        }
        let families: KeyValuePairs<String, AddressFamily?> = [
            "IPv4": .ipv4, "IPv6": .ipv6, "FQDN": nil,
        ]
        guard let family = object.choice("addressType", families, &log) ?? nil,
            let service = metadata.labels[Self.serviceLabel], !service.isEmpty
        else { return nil }
        var addresses: [IPAddress] = []
        for endpoint in object["endpoints"]?.objects(&log) ?? [] {
            for field in endpoint["addresses"]?.elements(&log) ?? [] {
                guard let address = field.address(&log) else { continue }
                if address.family != family {
                    log.error(
                        field, "\(address) is not of the slice's addressType",
                        remedy: "make a slice for each family")
                }
                if !addresses.contains(address) { addresses.append(address) }
            }
        }
        self.init(
            id: ServiceSliceID(
                namespace: metadata.namespace ?? defaultNamespace, name: metadata.name),
            service: service, addresses: addresses, ports: Self.ports(object, &log))
    }

    private static func ports(_ object: Field, _ log: inout ProblemLog) -> [ServicePort] {
        var ports: [ServicePort] = []
        for field in object["ports"]?.objects(&log) ?? [] {
            let transport = field["protocol"]?.transport(&log) ?? .tcp
            guard let number = field["port"]?.portNumber(&log) else { continue }
            let port = ServicePort(transport: transport, number: number)
            if !ports.contains(port) { ports.append(port) }
        }
        return ports
    }
}
