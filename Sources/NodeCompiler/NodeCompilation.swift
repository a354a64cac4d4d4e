// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesLowering
import NftablesModel
import PolicyModel
import PolicyResolution

/// The way from a cluster's state to one node's ruleset, with what each stage made.
///
/// Pure: equal states give equal results, in whatever order their objects came.
public struct NodeCompilation {
    /// The name of the node whose endpoints are governed.
    public let node: String
    /// The policies of each local endpoint.
    public let localEndpoints: [LocalEndpoint]
    /// The decision programs and their sets.
    public let program: NodeProgram
    /// The wanted ruleset.
    public let table: Table

    /// Compiles what the state means for the node of this name.
    public init(_ state: ClusterState, node: String, costs: CostModel = .standard) {
        self.node = node
        let resolution = Resolution(state, node: node)
        localEndpoints = resolution.localEndpoints
        let settings = EnforcementSettings(state.configurations, node: node)
        let hosts = HostProgram.Input(
            resolution.hostEndpoints,
            guards: localEndpoints.filter { $0.endpoint.particulars?.interface != nil }
                .map { HostProgram.Guard($0, settings) },
            node: state.nodes.first { $0.name == node },
            nodeAddresses: { EndpointAddresses(state.nodes.flatMap(\.addresses)) },
            settings: settings,
            workloads: { resolution.workloadAddresses })
        program = NodeProgram(
            localEndpoints.map(NodeProgram.Input.init), hosts: hosts, resolution,
            denyAction: settings.denyAction, costs: costs)
        table = Table(program)
    }

    /// What the compiler chose for the node's endpoints where packets' time and memory want different
    /// rulesets, and why, as text for people; host endpoints' are not shown.
    public static func explainCosts(
        of state: ClusterState, node: String, costs: CostModel = .standard
    ) -> String {
        let resolution = Resolution(state, node: node)
        return NodeProgram.explainCosts(
            resolution.localEndpoints.map(NodeProgram.Input.init), resolution, costs: costs)
    }

    /// What the passes up to one make of the policies of the node's endpoints, as text for people; host
    /// endpoints' are not shown.
    public static func text(
        of state: ClusterState, node: String, after pass: CompilerPass,
        costs: CostModel = .standard
    ) -> String {
        let resolution = Resolution(state, node: node)
        return NodeProgram.text(
            resolution.localEndpoints.map(NodeProgram.Input.init), resolution, after: pass,
            costs: costs)
    }
}

extension NodeProgram.Input {
    /// A resolved endpoint with its classes of both directions.
    public init(_ local: LocalEndpoint) {
        self.init(
            id: local.endpoint.id, addresses: local.addresses,
            ingress: EndpointClass(local.ingress, .ingress, of: local),
            egress: EndpointClass(local.egress, .egress, of: local))
    }
}

extension EndpointClass {
    fileprivate init?(_ stack: PolicyStack, _ direction: Direction, of local: LocalEndpoint) {
        if stack.isEmpty { return nil }
        var families: Set<AddressFamily> = []
        if !local.addresses.ipv4.isEmpty { families.insert(.ipv4) }
        if !local.addresses.ipv6.isEmpty { families.insert(.ipv6) }
        // What it may send besides from its interface is judged by the same class (S50).
        if let particulars = local.endpoint.particulars, particulars.interface != nil {
            families.formUnion(particulars.allowedSources.map(\.family))
        }
        self.init(
            direction: direction,
            tiers: stack.tiers.map {
                Layer(defaultAction: $0.tier.defaultAction, policies: $0.policies)
            },
            namedPorts: local.endpoint.namedPorts, families: families)
    }
}
