// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import PolicyTestKit

/// One cluster of a ``Campaign``, with the packets on which its judges are compared.
public struct CampaignWorld: Sendable {
    /// Determines everything here.
    public let seed: UInt64
    /// The cluster; its policies are of Kubernetes alone, in tiers, or of all that Calico's objects
    /// say of workloads.
    public let state: ClusterState
    /// What is compiled: the cluster itself or, of half of Calico's worlds, what its manifests say.
    public let compiled: ClusterState
    /// Whether it went through manifests.
    public let isRead: Bool
    /// The errors of the manifests.
    public let problems: [String]
    /// The same cluster with what is known of its workloads' interfaces.
    public let guarded: ClusterState
    /// The packets: forwarded ones, and some that the node itself sends.
    public let packets: [WirePacket]

    /// The addresses of every world's local node.
    static let nodeAddresses = Set(
        WorldGenerator(seed: 0).world().nodes.filter { $0.name == WorldGenerator.localNode }
            .flatMap(\.addresses))

    /// - Parameter packets: how many packets to draw.
    public init(seed: UInt64, packets count: Int) {
        self.seed = seed
        var random = SeededGenerator(seed: seed ^ 0x0ca3_9a19)
        guarded = Self.state(seed, &random)
        // All packets come by one interface.
        let state = guarded.withoutInterfaces
        self.state = state
        isRead = seed % 4 == 0
        (compiled, problems) = isRead ? Self.read(guarded, seed) : (state, [])
        let packets = PacketGenerator(state).sample(count, using: &random).compactMap {
            packet -> WirePacket? in
            // What goes to the node itself meets no hook of ours, and what comes from it is sent by it.
            if Self.nodeAddresses.contains(packet.destination) { return nil }
            let isOwn = Self.nodeAddresses.contains(packet.source)
            let result = WirePacket(packet, isSentByNode: isOwn || random.chance(10))
            return result.isRoutable ? result : nil
        }
        self.packets = packets.withoutReplies
    }

    private static func state(_ seed: UInt64, _ random: inout SeededGenerator) -> ClusterState {
        var style: WorldGenerator.Style = random.chance(60) ? .tiered : .kubernetes
        if seed % 2 == 0 { style = .calico }
        let size = random.pick(weighted: [3: 10, 6: 20, 9: 40, 12: 20, 20: 10])
        return WorldGenerator(seed: seed, size: size, style: style).world()
    }

    /// What the cluster's manifests say, in one of their forms and notations, and what is wrong with
    /// them.
    private static func read(
        _ state: ClusterState, _ seed: UInt64
    ) -> (ClusterState, problems: [String]) {
        let form: WorldManifests.Form = seed % 16 < 8 ? .printed : .stored
        let manifests = WorldManifests(state, seed: seed, form: form)
        let source =
            seed % 8 == 0
            ? Source(name: "world.yaml", text: manifests.yaml)
            : Source(name: "world.json", text: manifests.json)
        let documents = DocumentDecoder().decode([source])
        let assembly = ClusterAssembly(documents)
        let errors = (documents.diagnostics + assembly.diagnostics)
            // Some of the worlds' policies stand in a tier that there is not.
            .filter { $0.severity == .error && !$0.message.hasPrefix("there is no tier") }
        return (assembly.state.withoutInterfaces, errors.map(\.description))
    }
}
