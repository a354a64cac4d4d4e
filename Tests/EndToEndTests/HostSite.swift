// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import PolicyTestKit
import Testing

/// The lab's node with host endpoints, governed by `sluice apply` from manifests.
struct HostSite {
    let policed: PolicedLab

    init(servedPorts: [UInt16] = [53, 80, 443, 8080]) throws {
        policed = try PolicedLab(servedPorts: servedPorts)
    }

    /// The node's end of a host's cable.
    func interface(_ host: String) throws -> String {
        try policed.lab.interfaceName(ofHost: host)
    }

    /// Gives the node's end of a host's cable an address.
    func addAddress(_ address: String, toward host: String) throws {
        try policed.lab.node.execute(
            ["ip", "address", "add", address, "dev", try interface(host)])
    }

    /// A host endpoint for the interface that leads to the world.
    func uplink() throws -> HostManifest {
        .host("uplink", "interfaceName: \(try interface("world"))")
    }

    /// Puts exactly these manifests in force, beside the lab's pods and nodes.
    func apply(
        _ manifests: HostManifest..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try apply(manifests, sourceLocation: sourceLocation)
    }

    /// Puts exactly these manifests in force, beside the lab's pods and nodes.
    func apply(
        _ manifests: [HostManifest], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let text = ([Self.cluster] + manifests.map(\.text)).joined(separator: "---\n")
        let folder = try CommandFolder(["cluster.yaml": text])
        let path = folder.url.appendingPathComponent("cluster.yaml").path
        let ending = try SluiceCommand.run(
            ["apply", "-f", path, "--node", PolicedLab.nodeName], in: policed.lab.node)
        try #require(ending.exitCode == 0, "\(ending)", sourceLocation: sourceLocation)
    }

    private static let cluster = """
        apiVersion: v1
        kind: Node
        metadata: {name: alpha}
        status: {addresses: [\(list(PolicedLab.node) { "{type: InternalIP, address: '\($0)'}" })]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop, labels: {app: web}}
        spec: {nodeName: alpha}
        status: {podIPs: [\(list(PolicedLab.web) { "{ip: '\($0)'}" })]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: front, namespace: shop, labels: {app: front}}
        spec: {nodeName: alpha}
        status: {podIPs: [\(list(PolicedLab.front) { "{ip: '\($0)'}" })]}

        """

    private static func list(_ addresses: [String], _ entry: (String) -> String) -> String {
        addresses.map(entry).joined(separator: ", ")
    }
}

/// An object as people write it.
struct HostManifest {
    let text: String

    private init(_ kind: String, _ name: String, labels: String = "", spec: String) {
        text = """
            apiVersion: projectcalico.org/v3
            kind: \(kind)
            metadata: {name: \(name), labels: {\(labels)}}
            spec: {\(spec)}

            """
    }

    private init(text: String) { self.text = text }

    /// A host endpoint of the lab's node.
    static func host(_ name: String, _ spec: String, labels: String = "role: uplink") -> Self {
        Self("HostEndpoint", name, labels: labels, spec: "node: alpha, \(spec)")
    }

    /// A policy of the host endpoints that the selector matches.
    static func policy(
        name: String = "hosts", _ spec: String = "", selector: String = "role == 'uplink'",
        ingress: String..., egress: String? = nil
    ) -> Self {
        var parts = ["selector: \"\(selector)\"", "order: 10"]
        if !spec.isEmpty { parts.append(spec) }
        if !ingress.isEmpty { parts.append("ingress: [\(ingress.joined(separator: ", "))]") }
        if let egress { parts.append("egress: [\(egress)]") }
        return Self("GlobalNetworkPolicy", name, spec: parts.joined(separator: ", "))
    }

    /// Settings of all nodes.
    static func configuration(_ spec: String) -> Self {
        Self("FelixConfiguration", "default", spec: spec)
    }

    /// Blocks with the label `group` of the set's name.
    static func networkSet(_ name: String, _ block: String) -> Self {
        Self("GlobalNetworkSet", name, labels: "group: \(name)", spec: "nets: ['\(block)']")
    }

    /// A pool of addresses for pods, whose packets go from node to node as its mode says.
    static func pool(_ block: String, _ mode: String) -> Self {
        Self("IPPool", "pods", spec: "cidr: \(block), \(mode)")
    }

    /// Another node of the cluster.
    static func node(_ name: String, _ addresses: [String]) -> Self {
        let list = addresses.map { "{type: InternalIP, address: '\($0)'}" }
        return Self(
            text: """
                apiVersion: v1
                kind: Node
                metadata: {name: \(name)}
                status: {addresses: [\(list.joined(separator: ", "))]}

                """)
    }

    /// What stands behind the Service `shop/shop`.
    static func endpointSlice(address: String, port: Int) -> Self {
        Self(
            text: """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: shop-1, namespace: shop, labels: {kubernetes.io/service-name: shop}}
                addressType: IPv4
                endpoints: [{addresses: ['\(address)']}]
                ports: [{port: \(port), protocol: TCP}]

                """)
    }
}
