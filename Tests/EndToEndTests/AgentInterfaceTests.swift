// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import NetworkPrimitives
import NodeCompiler
import PolicyModel
import PolicyTestKit
import Testing

/// What a running agent makes of the node's interfaces.
@Suite("The agent and the node's interfaces", .needsNamespaces, .serialized)
struct AgentInterfaceTests {
    private static let manifest = """
        apiVersion: v1
        kind: Node
        metadata: {name: alpha}
        status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
        ---
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: uplink}
        spec: {node: alpha, expectedIPs: [192.168.0.1]}
        """

    /// Whether the wanted table of a node with these interfaces is in force.
    private static func holds(_ interfaces: [NodeInterface], _ site: AgentSite) throws -> Bool {
        let address = IPAddress("192.168.0.1")!
        let state = ClusterState(
            nodes: [Node(name: "alpha", addresses: [address], interfaces: interfaces)],
            endpoints: [
                Endpoint(
                    id: EndpointID(kind: .host, namespace: "", name: "uplink"), node: "alpha",
                    addresses: [address], particulars: EndpointParticulars(profiles: []))
            ])
        let wanted = NodeCompilation(state, node: "alpha").table.sorted.withoutCapacities
        return try site.waits { try site.read()?.table.sorted.withoutCapacities == wanted }
    }

    @Test("S82: a host endpoint moves with the address that it expects")
    func follows() throws {
        let site = try AgentSite("interfaces", node: "alpha")
        func ip(_ words: String...) throws { _ = try site.namespace.execute(["ip"] + words) }
        try ip("link", "add", "left", "type", "veth", "peer", "name", "right")
        try ip("address", "add", "198.51.100.1/32", "dev", "right")
        try site.folder.replace("hosts.yaml", Self.manifest)
        let agent = try site.start()
        let loopback = NodeInterface(name: "lo", addresses: [IPAddress("127.0.0.1")!])
        func interface(_ name: String, _ addresses: String...) -> NodeInterface {
            NodeInterface(name: name, addresses: addresses.map { IPAddress($0)! })
        }
        let other = interface("right", "198.51.100.1")
        #expect(try Self.holds([loopback, other], site), "\(agent.log)")
        try ip("address", "add", "192.168.0.1/32", "dev", "left")
        let left = [interface("left", "192.168.0.1"), loopback, other]
        #expect(try Self.holds(left, site), "\(agent.log)")
        try ip("address", "del", "192.168.0.1/32", "dev", "left")
        try ip("address", "add", "192.168.0.1/32", "dev", "right")
        let right = [loopback, interface("right", "192.168.0.1", "198.51.100.1")]
        #expect(try Self.holds(right, site), "\(agent.log)")
    }
}
