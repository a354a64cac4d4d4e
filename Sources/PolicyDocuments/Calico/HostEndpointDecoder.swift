// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Endpoint {
    /// Decodes an object of kind HostEndpoint.
    init?(host object: Field, _ log: inout ProblemLog) {
        guard let metadata = ObjectMetadata(calico: object, kind: "HostEndpoint", &log) else {
            return nil
        }
        guard let spec = object.structure("spec", &log) else {
            if object["spec"] == nil { log.missing("spec", of: object) }
            return nil
        }
        spec.warnOfUnknown(
            besides: ["node", "interfaceName", "expectedIPs", "profiles", "ports"], &log)
        let errors = log.errorCount
        let node = spec.text("node", &log)
        if node == nil, log.errorCount == errors {
            log.missing("node", of: spec, remedy: "say on which node the interface is")
        }
        let interface = spec["interfaceName"]?.interfaceName(&log)
        let addresses = (spec["expectedIPs"]?.elements(&log) ?? []).compactMap {
            $0.address(&log)
        }
        if interface == nil, addresses.isEmpty, log.errorCount == errors {
            log.missing(
                "interfaceName", of: spec,
                remedy: "write an interface's name, * for all, or expectedIPs")
        }
        self.init(
            id: EndpointID(kind: .host, namespace: "", name: metadata.name),
            labels: metadata.labels, node: node, addresses: addresses,
            namedPorts: spec.endpointPorts(&log), created: metadata.created,
            particulars: EndpointParticulars(
                interface: interface, profiles: spec.profileNames(&log) ?? []))
    }
}

extension Field {
    /// The value as the name of an interface, or `*`; nil if it is empty.
    func interfaceName(_ log: inout ProblemLog) -> String? {
        guard let name = string(&log), !name.isEmpty else { return nil }
        // What Calico's API allows; nft could not even write down all that Linux does.
        let isPlain = name.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
                || "_.-".unicodeScalars.contains($0)
        }
        if name == EndpointParticulars.everyInterface || isPlain && name.utf8.count <= 15 {
            return name
        }
        log.error(
            self, "\(MessageText.quoted(name)) is not an interface's name",
            remedy: "a name has at most 15 letters, digits, underscores, dots and hyphens")
        return nil
    }

    /// The names of `profiles`; nil where there is no such field.
    func profileNames(_ log: inout ProblemLog) -> [String]? {
        self["profiles"]?.elements(&log).compactMap { element in
            guard let name = element.string(&log) else { return nil }
            if NameSyntax.isSubdomain(name) { return name }
            log.error(
                element, "\(MessageText.quoted(name)) is not a profile's name",
                remedy: NameSyntax.subdomainRule)
            return nil
        }
    }

    /// The ports that `ports` gives names.
    func endpointPorts(_ log: inout ProblemLog) -> [NamedPort] {
        var ports: [NamedPort] = []
        for field in self["ports"]?.objects(&log) ?? [] {
            // Ports without a name are about the node, not about policies.
            guard let name = field.text("name", &log) else { continue }
            if !RulePort.isName(name), let nameField = field["name"] {
                log.error(
                    nameField, "\(MessageText.quoted(name)) is not a port's name",
                    remedy: "write letters, digits, '-', '_' and '.', not only digits")
            }
            guard let protocolField = field["protocol"] else {
                log.missing("protocol", of: field, remedy: "write TCP, UDP or SCTP")
                continue
            }
            guard let transport = protocolField.portProtocol(&log) else { continue }
            guard let number = field["port"] else {
                log.missing("port", of: field)
                continue
            }
            guard let value = number.portNumber(&log) else { continue }
            let port = NamedPort(name: name, transport: transport, number: value)
            if !ports.contains(port) { ports.append(port) }
        }
        return ports
    }

    /// The value as a protocol that has ports, by name, in capitals or not, or by number.
    func portProtocol(_ log: inout ProblemLog) -> IPProtocol? {
        guard let transport = ipProtocol(isAnyCase: true, &log) else { return nil }
        if [.tcp, .udp, .sctp].contains(transport) { return transport }
        log.error(self, "is not a protocol that has ports", remedy: "write TCP, UDP or SCTP")
        return nil
    }
}
