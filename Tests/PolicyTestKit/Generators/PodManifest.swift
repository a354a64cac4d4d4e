// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension YAMLWriter {
    mutating func manifest(of pod: Endpoint) {
        document(apiVersion: "v1", kind: "Pod")
        block("metadata") {
            $0.entry("name", pod.id.name)
            $0.entry("namespace", pod.id.namespace)
            $0.entries("labels", pod.labels)
            $0.entry("creationTimestamp", Timestamp(seconds: pod.created).description)
        }
        block("spec") {
            if let node = pod.node { $0.entry("nodeName", node) }
            if pod.usesHostNetwork { $0.literal("hostNetwork", "true") }
            $0.list("containers", pod.containers) { $0.container($1) }
        }
        block("status") {
            $0.entry("phase", pod.phase)
            if let first = pod.addresses.first {
                $0.entry("podIP", first.description)
                $0.list("podIPs", pod.addresses) { $0.entry("ip", $1.description) }
            }
        }
    }

    private mutating func container(_ container: Container) {
        entry("name", container.name)
        entry("image", "registry.example/image")
        if container.ports.isEmpty { return }
        list("ports", container.ports) {
            $0.entry("name", $1.name)
            $0.entry("protocol", $1.transport.description.uppercased())
            $0.literal("containerPort", "\($1.number)")
        }
    }
}

private struct Container {
    var name: String
    var ports: [NamedPort]
}

extension Endpoint {
    /// At least one, with the named ports in their order. Names are unique within a container, so
    /// a name that comes again begins another.
    fileprivate var containers: [Container] {
        var containers = [Container(name: "container-0", ports: [])]
        for port in namedPorts {
            if containers[containers.count - 1].ports.contains(where: { $0.name == port.name }) {
                containers.append(Container(name: "container-\(containers.count)", ports: []))
            }
            containers[containers.count - 1].ports.append(port)
        }
        return containers
    }

    fileprivate var phase: String {
        if isFinished { return "Succeeded" }
        return addresses.isEmpty ? "Pending" : "Running"
    }
}
