// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Endpoint {
    /// Decodes an object of kind Pod.
    init?(pod: Field, defaultNamespace: String, _ log: inout ProblemLog) {
        guard
            let metadata = ObjectMetadata(
                of: pod, kind: "Pod", scope: .namespaced(default: defaultNamespace),
                isValidName: NameSyntax.isSubdomain, nameRule: NameSyntax.subdomainRule, &log)
        else { return nil }
        let spec = pod.structure("spec", &log)
        let status = pod.structure("status", &log)
        let phase = status?["phase"]?.string(&log)
        let node = spec?["nodeName"]?.string(&log)
        self.init(
            id: EndpointID(namespace: metadata.namespace ?? defaultNamespace, name: metadata.name),
            labels: metadata.labels,
            node: node == "" ? nil : node,
            addresses: Self.addresses(status, &log),
            namedPorts: Self.namedPorts(spec, &log),
            created: metadata.created,
            usesHostNetwork: spec?["hostNetwork"]?.boolean(&log) ?? false,
            // S19: the phases that a pod never leaves.
            isFinished: phase == "Succeeded" || phase == "Failed",
            serviceAccount: spec?.text("serviceAccountName", &log))
        let sources = pod["metadata"]?.allowedSources(&log) ?? []
        if !sources.isEmpty { particulars = EndpointParticulars(allowedSources: sources) }
    }

    /// `podIPs` begins with `podIP`. Where it does not, `podIP` alone counts: of such pairs of a
    /// single and a plural field the API server trusts the older one.
    private static func addresses(_ status: Field?, _ log: inout ProblemLog) -> [IPAddress] {
        let isSet = { (field: Field) in field.node.content != .quoted("") }
        let single = status?["podIP"].flatMap { isSet($0) ? $0 : nil }?.address(&log)
        let fields = status?["podIPs"]?.objects(&log).compactMap { $0["ip"] }.filter(isSet) ?? []
        var addresses: [IPAddress] = []
        for field in fields {
            guard let address = field.address(&log) else { continue }
            if let single, addresses.isEmpty, address != single {
                log.warning(
                    field, "differs from status.podIP, which counts", remedy: "make them equal")
                return [single]
            }
            if addresses.contains(where: { $0.family == address.family }) {
                log.error(
                    field, "\(address) is the pod's second address of its family",
                    remedy: "a pod has at most one IPv4 and one IPv6 address")
            } else {
                addresses.append(address)
            }
        }
        return addresses.isEmpty ? single.map { [$0] } ?? [] : addresses
    }

    /// The named ports of the containers, then those of sidecars: init containers that keep
    /// running. Where several containers give one name, each of its numbers counts (S27).
    static func namedPorts(_ spec: Field?, _ log: inout ProblemLog) -> [NamedPort] {
        let containers = spec?["containers"]?.objects(&log) ?? []
        let sidecars = (spec?["initContainers"]?.objects(&log) ?? []).filter {
            $0["restartPolicy"]?.node.scalar == .string("Always")
        }
        var ports: [NamedPort] = []
        for container in containers + sidecars {
            var names: Set<String> = []
            for field in container["ports"]?.objects(&log) ?? [] {
                guard let port = NamedPort(field, &log) else { continue }
                if !names.insert(port.name).inserted {
                    log.error(field, "has the name of another port of its container, \(port.name)")
                }
                if !ports.contains(port) { ports.append(port) }
            }
        }
        return ports
    }
}

extension NamedPort {
    /// Decodes a container's port; nil if it has no name.
    fileprivate init?(_ field: Field, _ log: inout ProblemLog) {
        guard let nameField = field["name"], let name = nameField.string(&log), !name.isEmpty
        else { return nil }
        if !NameSyntax.isPortName(name) {
            log.error(
                nameField, "\(MessageText.quoted(name)) is not a port's name",
                remedy: NameSyntax.portNameRule)
        }
        let transport = field["protocol"]?.transport(&log) ?? .tcp
        guard let numberField = field["containerPort"] else {
            log.missing("containerPort", of: field)
            return nil
        }
        guard let number = numberField.portNumber(&log) else { return nil }
        self.init(name: name, transport: transport, number: number)
    }
}
