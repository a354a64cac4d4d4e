// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Policies as one family's packets meet them: what they ask is known, and not yet what packets
/// there are.
struct PolicyReading<Bits: AddressBits> {
    /// The endpoints whose policies are meant; none where all policies are, whomever they govern.
    private(set) var subjects: [Subject] = []
    /// What the policies tell apart among endpoints, by namespace.
    private(set) var peers: [String: [PeerClass]] = [:]
    /// The traits of the blocks that rules name.
    private(set) var networks: [Peer: Int] = [:]
    /// The trait of the node's own addresses (S22).
    private(set) var nodeTrait: Int
    private(set) var governance: Governance
    /// What the policies can see of peers.
    private(set) var sight = PeerProfile.Sight([])
    /// Addresses that several endpoints claim.
    let contested: Set<Bits>

    /// An endpoint with policies and addresses of the family.
    struct Subject {
        var endpoint: Endpoint
        /// The trait of the addresses that belong to it.
        var trait: Int
        var ingress: PolicyStack
        var egress: PolicyStack

        func stack(_ direction: Direction) -> PolicyStack {
            direction == .ingress ? ingress : egress
        }
    }

    /// Endpoints with one profile.
    struct PeerClass {
        var profile: PeerProfile
        /// One endpoint's.
        var labels: [String: String]
        /// The trait of their addresses.
        var trait: Int
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
        contested = owners.contested
        for (index, endpoint) in state.endpoints.enumerated()
        where endpoint.isPoliced && endpoint.node == localNode {
            let addresses = owners.addresses(of: index, endpoint)
            let ingress = governance.stack(of: endpoint, .ingress)
            let egress = governance.stack(of: endpoint, .egress)
            if addresses.isEmpty || ingress.isEmpty && egress.isEmpty { continue }
            subjects.append(
                Subject(
                    endpoint: endpoint, trait: builder.addresses.addTrait(points: addresses),
                    ingress: ingress, egress: egress))
        }
        let governing = Set(subjects.flatMap { $0.ingress.policies + $0.egress.policies })
        read(governing.sorted().map { governance.policies[$0] }, state, owners, &builder)
    }

    /// Reads all policies, and adds what they ask of packets to the builder.
    init(
        _ state: ClusterState, _ governance: Governance,
        _ builder: inout PacketSpace<Bits>.Builder
    ) {
        self.governance = governance
        nodeTrait = builder.addresses.addTrait(points: [])
        let owners = AddressOwners<Bits>(state.endpoints)
        contested = owners.contested
        read(governance.policies, state, owners, &builder)
    }

    private mutating func read(
        _ policies: [Policy], _ state: ClusterState, _ owners: AddressOwners<Bits>,
        _ builder: inout PacketSpace<Bits>.Builder
    ) {
        sight = PeerProfile.Sight(policies)
        addRules(of: policies, &builder)
        readPeers(state, owners, &builder)
    }

    private mutating func readPeers(
        _ state: ClusterState, _ owners: AddressOwners<Bits>,
        _ builder: inout PacketSpace<Bits>.Builder
    ) {
        var positions: [PeerProfile: Int] = [:]
        var found: [(profile: PeerProfile, labels: [String: String], points: [Bits])] = []
        for (index, endpoint) in state.endpoints.enumerated() where endpoint.isPoliced {
            let addresses = owners.addresses(of: index, endpoint)
            if addresses.isEmpty { continue }
            let profile = sight.profile(of: endpoint)
            if let position = positions[profile] {
                found[position].points += addresses
            } else {
                positions[profile] = found.count
                found.append((profile, endpoint.labels, addresses))
            }
        }
        for (profile, labels, points) in found {
            let trait = builder.addresses.addTrait(points: points)
            peers[profile.namespace, default: []]
                .append(PeerClass(profile: profile, labels: labels, trait: trait))
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
        for rule in policies.lazy.flatMap(\.allRules) {
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
