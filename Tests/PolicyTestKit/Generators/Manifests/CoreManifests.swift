// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Objects of Kubernetes' core.
extension ManifestSpelling {
    /// With the label that the server sets, or without, as people write it.
    mutating func namespace(_ namespace: Namespace) -> ManifestValue {
        var labels = namespace.labels
        if random.chance(50) { labels["kubernetes.io/metadata.name"] = namespace.name }
        return [
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": metadata(name: namespace.name, labels: labels),
            "spec": ["finalizers": ["kubernetes"]], "status": ["phase": "Active"],
        ]
    }

    mutating func node(_ node: Node) -> ManifestValue {
        let addresses = node.addresses.map { address -> ManifestValue in
            [
                "address": .text(address.description),
                "type": .text(random.pick(["InternalIP", "InternalIP", "ExternalIP"])),
            ]
        }
        return [
            "apiVersion": "v1", "kind": "Node",
            "metadata": metadata(name: node.name, labels: node.labels),
            "status": [
                "addresses": .list(
                    addresses + [["address": .text(node.name), "type": "Hostname"]])
            ],
        ]
    }

    mutating func serviceAccount(_ account: ServiceAccount) -> ManifestValue {
        [
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": metadata(
                namespace: account.id.namespace, name: account.id.name, labels: account.labels),
        ]
    }

    /// A pod's own object, and what else Kubernetes writes there.
    mutating func pod(_ pod: Endpoint) -> ManifestValue {
        let addresses = pod.addresses.map(\.description)
        return [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": metadata(
                namespace: pod.id.namespace, name: pod.id.name, labels: pod.labels,
                created: pod.created),
            "spec": [
                "containers": .list(containers(pod.namedPorts)),
                "hostNetwork": pod.usesHostNetwork ? .word("true") : nil,
                "nodeName": pod.node.map(ManifestValue.text),
                "serviceAccountName": accountName(pod.serviceAccount),
            ],
            "status": [
                "phase": .text(phase(of: pod)),
                "podIP": addresses.first.map(ManifestValue.text),
                "podIPs": .some(addresses.map { ["ip": .text($0)] }),
            ],
        ]
    }

    /// The server writes `default` where nobody names an account.
    private mutating func accountName(_ name: String?) -> ManifestValue? {
        if let name { return .text(name) }
        return random.chance(50) ? .text(ServiceAccount.standardName) : nil
    }

    private mutating func phase(of pod: Endpoint) -> String {
        if pod.isFinished { return random.pick(["Succeeded", "Failed"]) }
        return pod.addresses.isEmpty ? "Pending" : "Running"
    }

    /// Names are unique within a container, so a name that comes again begins another.
    private mutating func containers(_ ports: [NamedPort]) -> [ManifestValue] {
        var lists: [[NamedPort]] = [[]]
        for port in ports {
            if lists[lists.count - 1].contains(where: { $0.name == port.name }) {
                lists.append([])
            }
            lists[lists.count - 1].append(port)
        }
        return lists.enumerated().map { index, list -> ManifestValue in
            [
                "name": .text("container-\(index)"), "image": "registry.example/image:1.0",
                "ports": .some(list.map { containerPort($0) }),
            ]
        }
    }

    private mutating func containerPort(_ port: NamedPort) -> ManifestValue {
        [
            "containerPort": .word("\(port.number)"), "name": .text(port.name),
            "protocol": transport(port.transport),
        ]
    }

    /// Nil for TCP, now and then, because that is what the core's objects mean then (S26).
    mutating func transport(_ transport: IPProtocol) -> ManifestValue? {
        if transport == .tcp, random.chance(40) { return nil }
        return .text(transport.description.uppercased())
    }

    /// A slice, whose addresses are all of one family, on any number of endpoints.
    mutating func slice(_ slice: ServiceSlice) -> ManifestValue {
        let isIPv6 = slice.addresses.first?.family == .ipv6
        let endpoints = slice.addresses.map { address -> ManifestValue in
            [
                "addresses": [.text(address.description)],
                "conditions": ["ready": .word(random.pick(["true", "false"]))],
            ]
        }
        let ports = slice.ports.enumerated().map { index, port -> ManifestValue in
            [
                "name": .text("port-\(index)"), "port": .word("\(port.number)"),
                "protocol": transport(port.transport),
            ]
        }
        return [
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": metadata(
                namespace: slice.id.namespace, name: slice.id.name,
                labels: ["kubernetes.io/service-name": slice.service]),
            "addressType": isIPv6 ? "IPv6" : "IPv4", "endpoints": .list(endpoints),
            "ports": .list(ports),
        ]
    }
}
