// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyVerification

/// A node with four pods, judged by the reference evaluator and by the compiled table.
struct FoldingWorld {
    static let node = "node-a"
    static let pods = (1...4).map { IPAddress("10.1.0.\($0)")! }
    /// Addresses outside, from which packets come.
    static let peers = (1...4).map { IPAddress("10.9.0.\($0)")! }

    let table: Table
    private let reference: ReferenceEvaluator
    private let interpreter: TableEvaluator

    init(tiers: [Tier], policies: [Policy]) {
        let state = ClusterState(
            namespaces: [Namespace(name: "shop")], nodes: [Node(name: Self.node)],
            endpoints: Self.pods.map {
                Endpoint(
                    id: EndpointID(namespace: "shop", name: "pod-\($0)"), node: Self.node,
                    addresses: [$0])
            }, tiers: tiers, policies: policies)
        table = NodeCompilation(state, node: Self.node).table
        reference = ReferenceEvaluator(state, localNode: Self.node)
        interpreter = TableEvaluator(table)
    }

    /// Whether the policies allow a packet.
    func policiesAllow(_ packet: PacketDescription) -> Bool {
        reference.verdict(packet).isAllowed
    }

    /// Whether the table lets a packet pass.
    func tableAllows(_ packet: PacketDescription) throws -> Bool {
        try interpreter.evaluate(Packet(packet, isFromThisNode: false), at: .forward).isAccepted
    }
}

/// All orders of some elements.
func permutations<Element>(_ elements: [Element]) -> [[Element]] {
    guard let last = elements.last else { return [[]] }
    return permutations(Array(elements.dropLast())).flatMap { shorter in
        (0...shorter.count).map { place in
            var longer = shorter
            longer.insert(last, at: place)
            return longer
        }
    }
}
