// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// A small cluster, of which node-a is judged, under policies given as manifests.
///
/// Pods of node-a: shop/web 10.1.0.10 with port http (8080/TCP), shop/api 10.1.0.20 and bank/vault
/// 10.1.1.30 with port dns (53/UDP and 5353/TCP). On node-b, 192.168.10.12 and outside 198.51.100.12, with
/// the label role=gateway: bank/agent of the host network.
struct PolicedCluster {
    let state: ClusterState
    private let ruleset: TableEvaluator
    private let reference: ReferenceEvaluator

    static let web = "10.1.0.10"
    static let api = "10.1.0.20"
    static let vault = "10.1.1.30"
    static let gateway = "192.168.10.12"
    static let gatewayOutside = "198.51.100.12"
    static let outside = "203.0.113.9"

    /// The cluster under these policies, which must be without errors.
    init(_ policies: String) throws {
        let documents = DocumentDecoder().decode([
            Source(name: "cluster.yaml", text: Self.cluster),
            Source(name: "policies.yaml", text: policies),
        ])
        let assembly = ClusterAssembly(documents)
        let problems = documents.diagnostics + assembly.diagnostics
        try #require(!problems.contains { $0.severity == .error }, "\(problems)")
        state = assembly.state
        ruleset = TableEvaluator(NodeCompilation(state, node: "node-a").table)
        reference = ReferenceEvaluator(state, localNode: "node-a")
    }

    /// Whether a connection's first packet passes, on which policies and ruleset must agree. Without
    /// a port it is a ping, or of a protocol without ports.
    func allows(
        _ source: String, _ destination: String, _ port: UInt16? = 80,
        _ transport: IPProtocol = .tcp, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Bool {
        let packet = try packet(source, destination, port, transport)
        let decision = reference.verdict(packet)
        let fate = try ruleset.evaluate(Packet(packet, isFromThisNode: false), at: .forward)
        #expect(
            fate.isAccepted == decision.isAllowed,
            "\(packet): policies \(decision), ruleset \(fate)", sourceLocation: sourceLocation)
        return decision.isAllowed
    }

    private func packet(
        _ source: String, _ destination: String, _ port: UInt16?, _ transport: IPProtocol
    ) throws -> PacketDescription {
        PacketDescription(
            source: try #require(IPAddress(source)),
            destination: try #require(IPAddress(destination)),
            transport: port == nil && transport == .tcp ? .icmp : transport,
            destinationPort: port, icmpType: port == nil && transport == .tcp ? 8 : nil)
    }

    /// Whether a packet of a connection that is known already passes the ruleset.
    func allowsReply(
        _ source: String, _ destination: String,
        _ connection: ConnectionStates = .established
    ) throws -> Bool {
        let packet = Packet(
            from: try #require(IPAddress(source)), to: try #require(IPAddress(destination)),
            transport: .tcp, sourcePort: 80, destinationPort: 40_000, connection: connection)
        return try ruleset.evaluate(packet, at: .forward).isAccepted
    }

    private static func pod(
        _ namespace: String, _ name: String, _ address: String, _ more: String = ""
    ) -> String {
        """
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: \(name), namespace: \(namespace), labels: {app: \(name)}}
        spec:
          nodeName: \(address == gateway ? "node-b" : "node-a")
          hostNetwork: \(address == gateway)
          containers: [{name: main\(more)}]
        status: {phase: Running, podIPs: [{ip: \(address)}]}

        """
    }

    private static let cluster =
        """
        apiVersion: v1
        kind: Node
        metadata: {name: node-a, labels: {role: worker}}
        status: {addresses: [{type: InternalIP, address: 192.168.10.11}]}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: node-b, labels: {role: gateway}}
        status: {addresses: [{type: InternalIP, address: \(gateway)}, {type: ExternalIP, address: \(gatewayOutside)}]}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {team: shop}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: bank, labels: {team: bank}}

        """
        + pod("shop", "web", web, ", ports: [{name: http, containerPort: 8080}]")
        + pod("shop", "api", api)
        + pod(
            "bank", "vault", vault,
            ", ports: [{name: dns, protocol: UDP, containerPort: 53}]}, "
                + "{name: second, ports: [{name: dns, containerPort: 5353}]")
        + pod("bank", "agent", gateway)
}

/// A ClusterNetworkPolicy as a document, of all pods of bank unless stated otherwise.
func clusterNetworkPolicy(
    _ name: String, tier: String = "Admin", priority: Int = 10,
    subject: String = "{namespaces: {matchLabels: {team: bank}}}", _ rules: String
) -> String {
    """
    ---
    apiVersion: policy.networking.k8s.io/v1alpha2
    kind: ClusterNetworkPolicy
    metadata: {name: \(name)}
    spec: {tier: \(tier), priority: \(priority), subject: \(subject), \(rules)}

    """
}

/// A NetworkPolicy of all pods of bank as a document.
func bankPolicy(_ spec: String) -> String {
    """
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: bank, namespace: bank}
    spec: {podSelector: {}, \(spec)}

    """
}
