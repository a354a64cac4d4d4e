// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import NodeCompiler
import PolicyModel
import PolicyTestKit
import RulesetDiff
import Testing

/// A small cluster written by hand, built from namespaces, with policies in force on its node.
///
/// The pods `web` and `front` of the namespace `shop` run on the node `alpha`. The host `world` is
/// outside, and `beta` is another node.
struct PolicedLab {
    let lab: Lab
    private let ruleset: KernelRuleset

    static let web = ["10.0.0.1", "fd00::1"]
    static let front = ["10.0.0.2", "fd00::2"]
    static let world = ["203.0.113.7", "169.254.169.254", "2001:db8::7"]
    static let beta = ["192.168.0.11", "fd00:c0::11"]
    static let node = [
        "192.168.0.10", "172.16.0.10", "169.254.20.10", "fd00:c0::10", "fd00:c1::10",
    ]

    init(servedPorts: [UInt16] = [53, 80, 443, 8080]) throws {
        lab = try Lab(
            hosts: [
                LabHost(name: "web", addresses: Self.web),
                LabHost(name: "front", addresses: Self.front),
                LabHost(name: "world", addresses: Self.world),
                LabHost(name: "beta", addresses: Self.beta),
            ], nodeAddresses: Self.node, servedPorts: servedPorts)
        ruleset = try KernelRuleset(of: lab.node)
    }

    private static func pod(_ name: String, _ addresses: [String]) -> Endpoint {
        Endpoint(
            id: EndpointID(namespace: "shop", name: name), labels: ["app": name], node: "alpha",
            addresses: addresses.map { IPAddress($0)! })
    }

    /// Puts exactly these policies in force, as `sluice apply` does.
    func enforce(_ policies: Policy...) throws { try enforce(policies) }

    /// Puts exactly these policies in force, as `sluice apply` does.
    func enforce(_ policies: [Policy]) throws {
        let wanted = NodeCompilation(Self.state(policies), node: Self.nodeName).table
        try ruleset.migrate(to: wanted)
    }

    /// Puts exactly this state in force, as `sluice apply` does.
    func enforce(_ state: ClusterState) throws {
        try ruleset.migrate(to: NodeCompilation(state, node: Self.nodeName).table)
    }

    /// The node's name.
    static let nodeName = "alpha"

    /// The cluster with exactly these policies.
    static func state(_ policies: [Policy]) -> ClusterState {
        ClusterState(
            namespaces: [Namespace(name: "shop")],
            nodes: [
                Node(name: "alpha", addresses: Self.node.map { IPAddress($0)! }),
                Node(name: "beta", addresses: Self.beta.map { IPAddress($0)! }),
            ],
            endpoints: [Self.pod("web", Self.web), Self.pod("front", Self.front)],
            policies: policies)
    }

    /// Removes the table, as `sluice reset` does.
    func reset() throws { try ruleset.deleteTable("sluice") }

    /// Has `nft` carry out commands in the node.
    @discardableResult
    func nft(_ commands: String) throws -> String {
        try lab.node.execute(["nft", "-f", "-"], input: commands)
    }

    /// How many packets a rule of the node's table `watch` has counted, by the rule's comment.
    func packets(countedAs comment: String) throws -> Int {
        let listing = try lab.node.execute(["nft", "list", "table", "inet", "watch"])
        let line = listing.split(separator: "\n").first { $0.contains("comment \"\(comment)\"") }
        let words = try #require(line, "\(listing)").split(separator: " ")
        let position = try #require(words.firstIndex(of: "packets"))
        return try #require(Int(words[position + 1]))
    }

    /// The node or a host, by its name.
    static func endpoint(_ name: String) -> LabEndpoint { name == "node" ? .node : .host(name) }

    /// Sends probes between all addresses of two hosts (or the node, called `node`), or only to
    /// one address, and expects all of them to have the same outcome.
    func expect(
        _ expected: Outcome, _ protocol: ProbeProtocol, _ port: UInt16 = 0, from: String,
        to: String, at address: String? = nil, _ comment: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let all = try lab.pairProbes(
            `protocol`, port: port, from: [Self.endpoint(from)], to: [Self.endpoint(to)])
        let probes = all.filter { address == nil || $0.destination == address }
        try #require(!probes.isEmpty, sourceLocation: sourceLocation)
        let wanted = probes.map { _ in expected }
        let outcomes = try lab.prober.run(probes, expecting: wanted)
        for (probe, outcome) in zip(probes, outcomes) {
            #expect(
                outcome == expected, "\(probe) \(comment?.rawValue ?? "")",
                sourceLocation: sourceLocation)
        }
    }
}

extension Policy {
    /// A NetworkPolicy of the namespace `shop` for the pods of one app.
    static func forApp(
        _ app: String, name: String = "policy", ingress: [Rule]? = nil, egress: [Rule]? = nil
    ) -> Policy {
        Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: name), order: 1000,
            subject: .app(app), ingress: ingress, egress: egress)
    }

    /// A NetworkPolicy that isolates the pods of one app in both directions.
    static func isolating(_ app: String, name: String = "isolate") -> Policy {
        forApp(app, name: name, ingress: [], egress: [])
    }
}

extension EndpointSelector {
    /// The pods of the namespace `shop` with this label `app`.
    static func app(_ app: String) -> EndpointSelector {
        EndpointSelector(
            namespaces: .named("shop"), labels: .isOneOf(key: "app", values: [app]))
    }
}

extension Rule {
    /// Allows some peers at some ports.
    static func allow(_ peers: Peers = .anyone, _ ports: PortMatch...) -> Rule {
        Rule(.allow, peers: peers, ports: ports.isEmpty ? .all : .only(ports))
    }
}

extension Peers {
    /// The pods of one app.
    static func app(_ app: String) -> Peers { .only([.endpoints(.app(app))]) }

    /// The addresses of some blocks.
    static func blocks(_ blocks: String...) -> Peers {
        .only(blocks.map { .network(CIDR($0)!, except: []) })
    }
}

extension PortMatch {
    /// One TCP port.
    static func tcp(_ number: UInt16) -> PortMatch { .numbers(.tcp, number...number) }

    /// One UDP port.
    static func udp(_ number: UInt16) -> PortMatch { .numbers(.udp, number...number) }
}
