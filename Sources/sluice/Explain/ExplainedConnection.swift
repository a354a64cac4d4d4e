// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// What becomes of a connection, in each family that both ends have, and why.
struct ExplainedConnection {
    let from: ResolvedParty
    let to: ResolvedParty
    let traffic: Traffic
    /// What to know about the ends.
    private(set) var notes: [String]
    /// One for each family, IPv4 first; at least one.
    let flows: [ExplainedFlow]
    /// What would be if the staged policies were enforced; nil if none is staged.
    let staged: StagedVerdict?

    /// Where endpoints without a node are thought to be.
    private static let someNode = "(no node yet)"

    /// - Parameters:
    ///   - node: the only node to be asked; nil for those of both ends.
    ///   - usesKernel: whether the kernel's ruleset is followed instead of the compiled one.
    init(
        in state: ClusterState, from: ResolvedParty, to: ResolvedParty, _ traffic: Traffic,
        node: String?, usesKernel: Bool
    ) throws {
        let shared = AddressFamily.allCases.filter {
            from.address($0) != nil && to.address($0) != nil
        }
        let families = shared.filter(traffic.exists)
        guard !families.isEmpty else { throw Failure.noFamily(from, to, traffic, shared) }
        var placed = state
        var notes = from.notes + to.notes
        var ends = [from, to]
        for index in ends.indices where ends[index].isUnplaced {
            let id = ends[index].endpoint?.id
            ends[index].node = node ?? Self.someNode
            for position in placed.endpoints.indices where placed.endpoints[position].id == id {
                placed.endpoints[position].node = ends[index].node
            }
            notes.append(
                "\(ends[index].name) is on no node yet; it is explained as if it were on one")
        }
        (self.from, self.to) = (ends[0], ends[1])
        if let node {
            notes += ends.filter { $0.node != nil && $0.node != node }.map {
                "only \(node) is asked; \($0.name) is on \($0.node!), which has its own say"
            }
        }
        if ends.allSatisfy({ $0.endpoint == nil && $0.node == nil }) {
            notes.append("neither end is in the cluster, so its policies are not about them")
        }
        if from.endpoint != nil, from.endpoint == to.endpoint {
            notes.append(
                "what \(from.name) sends to itself meets policies only on its way through a Service"
            )
        }
        if usesKernel {
            notes.append("only table inet sluice is followed; other tables may drop more")
        }
        self.traffic = traffic
        self.notes = notes.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        let rulesets = try Rulesets(
            placed, nodes: Self.nodes(of: ends, only: node), usesKernel: usesKernel)
        let packets = families.map {
            traffic.packet(from: from.address($0)!, to: to.address($0)!)
        }
        flows = packets.map { ExplainedFlow($0, ends, placed, only: node, rulesets) }
        staged = StagedVerdict(flows, ends, placed, only: node)
        if let note = staged?.note { self.notes.append(note) }
    }

    private static func nodes(of ends: [ResolvedParty], only node: String?) -> [String] {
        if let node { return [node] }
        let nodes = ends.compactMap(\.node)
        return nodes.count == 2 && nodes[0] == nodes[1] ? [nodes[0]] : nodes
    }

    /// Whether the packet passes in every family.
    var isAllowed: Bool { flows.allSatisfy(\.isAllowed) }

    /// Whether every ruleset does what the policies say.
    var rulesetsAgree: Bool { flows.allSatisfy { $0.rulesets.allSatisfy(\.agrees) } }

    /// Whether all families come to the same decision for the same reason.
    var isUniform: Bool {
        flows.allSatisfy {
            $0.egress.decision == flows[0].egress.decision
                && $0.ingress.decision == flows[0].ingress.decision
        } && (rulesetsAgree || flows.count == 1)
    }
}

extension ResolvedParty {
    /// A pod that policies can govern and that no node has yet.
    fileprivate var isUnplaced: Bool { endpoint?.isPoliced == true && node == nil }
}

extension Failure {
    fileprivate static func noFamily(
        _ from: ResolvedParty, _ to: ResolvedParty, _ traffic: Traffic, _ shared: [AddressFamily]
    ) -> Failure {
        func addresses(_ party: ResolvedParty) -> String {
            let texts = party.addresses.map(\.description).joined(separator: ", ")
            return party.name == texts ? texts : "\(party.name) (\(texts))"
        }
        guard shared.isEmpty else {
            return Failure(
                """
                \(traffic) does not exist over \(shared.map(\.wording).joined(separator: ", ")), \
                the only family that both ends have; write \
                \(traffic.transport == .icmp ? "icmpv6" : "icmp")
                """)
        }
        return Failure(
            "\(addresses(from)) and \(addresses(to)) have no family in common: no packet can pass")
    }
}
