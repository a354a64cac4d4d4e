// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The policies of some endpoints as one family's packets meet them: what they ask is known, and
/// not yet what packets there are.
struct PolicyReading<Bits: AddressBits> {
    /// The endpoints whose policies are meant, with the family's addresses that belong to them.
    private(set) var subjects: [Subject] = []
    /// The peers' profiles by namespace, each with the trait of its addresses.
    private(set) var profiles: [String: [(profile: PeerProfile, trait: Int)]] = [:]
    /// The traits of the blocks that rules name.
    private(set) var networks: [Peer: Int] = [:]
    /// The trait of the node's own addresses (S22).
    private(set) var nodeTrait: Int
    let governance: Governance
    /// What the policies can see of peers.
    private(set) var sight = PeerProfile.Sight([])
    /// Addresses that several endpoints claim.
    private(set) var contested: Set<Bits> = []

    /// An endpoint with policies.
    struct Subject {
        var endpoint: Endpoint
        /// The trait of its addresses.
        var trait: Int
        /// Tiers and policies that govern what it receives.
        var ingress: [(tier: Tier, policies: [Policy])]
        /// Tiers and policies that govern what it sends.
        var egress: [(tier: Tier, policies: [Policy])]

        func tiers(_ direction: Direction) -> [(tier: Tier, policies: [Policy])] {
            direction == .ingress ? ingress : egress
        }
    }

    /// Reads the policies of a node's endpoints, and adds what they ask of packets to the builder.
    init(
        _ state: ClusterState, localNode: String,
        _ builder: inout PacketSpace<Bits>.Builder
    ) {
        governance = Governance(state)
        let node = state.nodes.first { $0.name == localNode }
        let nodeAddresses: [Bits] = Set((node?.addresses ?? []).compactMap { $0.bits() }).sorted()
        nodeTrait = builder.addresses.addTrait(points: nodeAddresses)
        let owners = AddressOwners<Bits>(state.endpoints)
        for (index, endpoint) in state.endpoints.enumerated()
        where endpoint.isPoliced && endpoint.node == localNode {
            let addresses = owners.addresses(of: index, endpoint)
            let ingress = governance.tiers(of: endpoint, .ingress)
            let egress = governance.tiers(of: endpoint, .egress)
            if addresses.isEmpty || ingress.isEmpty && egress.isEmpty { continue }
            subjects.append(
                Subject(
                    endpoint: endpoint, trait: builder.addresses.addTrait(points: addresses),
                    ingress: ingress, egress: egress))
        }
        contested = owners.contested
        let policies = governingPolicies
        sight = PeerProfile.Sight(policies)
        addRules(of: policies, &builder)
        readProfiles(state, owners, &builder)
    }

    /// Each policy that governs a subject, once.
    private var governingPolicies: [Policy] {
        var known: Set<PolicyID> = []
        return subjects.flatMap { ($0.ingress + $0.egress).flatMap(\.policies) }
            .filter { known.insert($0.id).inserted }
    }

    private mutating func readProfiles(
        _ state: ClusterState, _ owners: AddressOwners<Bits>,
        _ builder: inout PacketSpace<Bits>.Builder
    ) {
        var positions: [PeerProfile: Int] = [:]
        var found: [(profile: PeerProfile, points: [Bits])] = []
        for (index, endpoint) in state.endpoints.enumerated() where endpoint.isPoliced {
            let addresses = owners.addresses(of: index, endpoint)
            if addresses.isEmpty { continue }
            let profile = sight.profile(of: endpoint)
            if let position = positions[profile] {
                found[position].points += addresses
            } else {
                positions[profile] = found.count
                found.append((profile, addresses))
            }
        }
        for (profile, points) in found {
            let trait = builder.addresses.addTrait(points: points)
            profiles[profile.namespace, default: []].append((profile, trait))
            for port in profile.namedPorts { builder.transports.add(.init(port)) }
        }
    }

    private mutating func addRules(
        of policies: [Policy], _ builder: inout PacketSpace<Bits>.Builder
    ) {
        for transport in TransportAtoms.Condition.usual { builder.transports.add(transport) }
        if Bits.family == .ipv6 {
            for types in TransportAtoms.Condition.discovery { builder.transports.add(types) }
        }
        for rule in policies.lazy.flatMap({ ($0.ingress ?? []) + ($0.egress ?? []) }) {
            if case .only(let peers) = rule.peers { add(peers, &builder) }
            guard case .only(let ports) = rule.ports else { continue }
            for port in ports {
                if let condition = port.condition { builder.transports.add(condition) }
            }
        }
    }

    private mutating func add(_ peers: [Peer], _ builder: inout PacketSpace<Bits>.Builder) {
        for peer in peers {
            guard case .network(let block, let exceptions) = peer, networks[peer] == nil,
                let whole = IntervalSet<Bits>(block)
            else { continue }
            let carved = exceptions.compactMap { IntervalSet<Bits>($0) }
                .reduce(whole) { $0.subtracting($1) }
            networks[peer] = builder.addresses.addTrait(intervals: carved)
        }
    }
}
