// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Namespace {
    /// Decodes `{name: shop, labels: {team: red}}`.
    init?(brief field: Field, _ log: inout ProblemLog) {
        guard field.isMapping(&log) else { return nil }
        field.refuseUnknown(besides: ["name", "labels"], &log)
        guard let nameField = field["name"] else {
            log.missing("name", of: field)
            return nil
        }
        guard let name = nameField.namespaceName(&log) else { return nil }
        var labels = field["labels"]?.labels(&log) ?? [:]
        labels[Namespace.nameLabel] = nil
        self.init(name: name, labels: labels)
    }
}

extension Endpoint {
    /// Decodes `{name: shop/web, labels: {app: web}, ports: {http: 8080}, address: 10.0.0.1}`, of
    /// which only the name is needed.
    init?(brief field: Field, namespace: String, _ log: inout ProblemLog) {
        guard field.isMapping(&log) else { return nil }
        field.refuseUnknown(besides: ["name", "labels", "ports", "address"], &log)
        guard let nameField = field["name"] else {
            log.missing("name", of: field, remedy: "write it as namespace/name")
            return nil
        }
        guard let text = nameField.string(&log) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let id = EndpointID(
            namespace: parts.count == 1 ? namespace : parts[0], name: parts[parts.count - 1])
        guard parts.count <= 2, NameSyntax.isLabel(id.namespace), NameSyntax.isSubdomain(id.name)
        else {
            log.error(
                nameField, "\(MessageText.quoted(text)) is not a pod's name",
                remedy: "write it as namespace/name")
            return nil
        }
        let addresses = (field["address"]?.elementsOrItself(&log) ?? []).compactMap {
            $0.address(&log)
        }
        self.init(
            id: id, labels: field["labels"]?.labels(&log) ?? [:], addresses: addresses,
            namedPorts: Self.ports(field["ports"], &log))
    }

    /// `{http: 8080, dns: 53/udp}`.
    private static func ports(_ field: Field?, _ log: inout ProblemLog) -> [NamedPort] {
        (field?.entries(&log) ?? []).flatMap { name, field -> [NamedPort] in
            if !NameSyntax.isPortName(name) {
                log.error(
                    field, "\(MessageText.quoted(name)) is not a port's name",
                    remedy: NameSyntax.portNameRule)
                return []
            }
            return field.elementsOrItself(&log).compactMap { entry in
                guard let ports = TrafficPorts(entry, &log) else { return nil }
                if case .numbers(let transport, let range) = ports, range.count == 1 {
                    return NamedPort(name: name, transport: transport, number: range.lowerBound)
                }
                log.error(entry, "is not one port", remedy: "write 8080, or 53/udp")
                return nil
            }
        }
    }
}
