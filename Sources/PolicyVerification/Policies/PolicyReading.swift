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
    /// The traits of the addresses that rules name otherwise than by endpoints' selectors.
    private(set) var named: [NamedAddresses: Int] = [:]
    /// The addresses and ports of Services that rules name.
    private(set) var services: [ServiceID: [ServicePart]] = [:]
    /// The trait of the node's own addresses (S22).
    private(set) var nodeTrait: Int
    /// The node's interfaces behind which workloads stand (S50).
    private(set) var guards: [GuardReading<Bits>] = []
    /// The node's host endpoints.
    private(set) var hosts: HostReading<Bits>
    /// The trait of the addresses from which neighbours are discovered.
    private(set) var discoveryTrait: Int
    private(set) var governance: Governance
    /// What the policies can see of peers.
    private(set) var sight: PeerProfile.Sight
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
        /// What selectors see of one of them.
        var target: SelectorTarget
        /// The trait of their addresses.
        var trait: Int
    }

    /// Addresses to which rules refer.
    enum NamedAddresses: Hashable {
        /// Those of some blocks, without those of others.
        case blocks([CIDR], except: [CIDR])
        /// Those of the network sets that a selector finds.
        case networkSets(EndpointSelector)
        /// Those of nodes.
        case nodes(Selector)
    }

    /// The addresses of one slice of a Service, by their trait, all of which have these ports.
    struct ServicePart {
        var trait: Int
        var ports: [ServicePort]
    }

    /// Reads the policies of a node's endpoints, and adds what they ask of packets to the builder.
    init(
        _ state: ClusterState, localNode: String,
        _ builder: inout PacketSpace<Bits>.Builder
    ) {
        governance = Governance(state)
        sight = PeerProfile.Sight([], governance.directory)
        let node = state.nodes.first { $0.name == localNode }
        let known = (node?.addresses ?? []) + (node?.interfaces ?? []).flatMap(\.addresses)
        let nodeAddresses: [Bits] = Set(known.compactMap { $0.bits() }).sorted()
        nodeTrait = builder.addresses.addTrait(points: nodeAddresses)
        guards = GuardReading.all(state, localNode: localNode, &governance, &builder)
        discoveryTrait = builder.addresses.addTrait(
            intervals: guards.isEmpty ? .empty : Self.discoverySources)
        let owners = AddressOwners<Bits>(state.endpoints)
        contested = owners.contested
        hosts = HostReading(state, localNode: localNode, owners, &governance, &builder)
        for (index, endpoint) in state.endpoints.enumerated()
        where endpoint.isPoliced && endpoint.node == localNode && endpoint.id.kind != .host {
            let addresses = owners.addresses(of: index, endpoint)
            let ingress = governance.stack(of: endpoint, .ingress)
            let egress = governance.stack(of: endpoint, .egress)
            if addresses.isEmpty || ingress.isEmpty && egress.isEmpty { continue }
            subjects.append(
                Subject(
                    endpoint: endpoint, trait: builder.addresses.addTrait(points: addresses),
                    ingress: ingress, egress: egress))
        }
        let governing = Set(
            subjects.flatMap { $0.ingress.policies + $0.egress.policies }
                + guards.flatMap(\.egress.policies)
                + hosts.hosts.flatMap { $0.ingress.policies + $0.egress.policies })
        read(governing.sorted().map { governance.policies[$0] }, state, owners, &builder)
    }

    /// Reads all policies, and adds what they ask of packets to the builder.
    init(
        _ state: ClusterState, _ governance: Governance,
        _ builder: inout PacketSpace<Bits>.Builder
    ) {
        self.governance = governance
        sight = PeerProfile.Sight([], governance.directory)
        nodeTrait = builder.addresses.addTrait(points: [])
        discoveryTrait = nodeTrait
        hosts = HostReading(withoutAny: nodeTrait)
        let owners = AddressOwners<Bits>(state.endpoints)
        contested = owners.contested
        read(governance.policies, state, owners, &builder)
    }

    private mutating func read(
        _ policies: [Policy], _ state: ClusterState, _ owners: AddressOwners<Bits>,
        _ builder: inout PacketSpace<Bits>.Builder
    ) {
        sight = PeerProfile.Sight(policies, governance.directory)
        addTransports(of: policies, &builder)
        let targets = state.networkSets.map { (governance.directory.target($0), $0.blocks) }
        for rule in policies.lazy.flatMap(\.allRules) {
            for peer in rule.everyPeer { add(peer, state, targets, &builder) }
        }
        readPeers(state, owners, &builder)
    }

    private mutating func readPeers(
        _ state: ClusterState, _ owners: AddressOwners<Bits>,
        _ builder: inout PacketSpace<Bits>.Builder
    ) {
        var positions: [PeerProfile: Int] = [:]
        var found: [(profile: PeerProfile, endpoint: Endpoint, points: [Bits])] = []
        for (index, endpoint) in state.endpoints.enumerated() where endpoint.isPoliced {
            let addresses = owners.addresses(of: index, endpoint)
            if addresses.isEmpty { continue }
            let profile = sight.profile(of: endpoint)
            if let position = positions[profile] {
                found[position].points += addresses
            } else {
                positions[profile] = found.count
                found.append((profile, endpoint, addresses))
            }
        }
        for (profile, endpoint, points) in found {
            let trait = builder.addresses.addTrait(points: points)
            let target = governance.directory.target(endpoint)
            peers[profile.view.namespace, default: []]
                .append(PeerClass(profile: profile, target: target, trait: trait))
            for port in profile.namedPorts {
                for end in PacketEnd.allCases where sight.asks(for: port.name, at: end) {
                    builder.transports.add(.init(port, at: end))
                }
            }
        }
    }

    private mutating func addTransports(
        of policies: [Policy], _ builder: inout PacketSpace<Bits>.Builder
    ) {
        for transport in TransportAtoms.Condition.usual { builder.transports.add(transport) }
        if Bits.family == .ipv6 {
            for types in TransportAtoms.Condition.discovery { builder.transports.add(types) }
        }
        for rule in policies.lazy.flatMap(\.allRules) {
            for end in PacketEnd.allCases {
                for port in rule.everyPort(at: end) {
                    if let condition = port.condition(at: end) { builder.transports.add(condition) }
                }
            }
        }
    }

    private mutating func add(
        _ peer: Peer, _ state: ClusterState, _ sets: [(target: SelectorTarget, blocks: [CIDR])],
        _ builder: inout PacketSpace<Bits>.Builder
    ) {
        for selector in peer.selectors where !sets.isEmpty {
            let addresses = NamedAddresses.networkSets(selector)
            if named[addresses] != nil { continue }
            let found = sets.filter { selector.matches($0.target) }.flatMap(\.blocks)
            add(addresses, Self.members(found), &builder)
        }
        for addresses in peer.blocks(Bits.self) where named[addresses] == nil {
            guard case .blocks(let blocks, let exceptions) = addresses else { continue }
            let members = Self.members(blocks).subtracting(Self.members(exceptions))
            add(addresses, members, &builder)
        }
        switch peer {
        case .nodes(let selector) where named[.nodes(selector)] == nil:
            let nodes = state.nodes.filter { selector.matches($0.labels) }
            named[.nodes(selector)] = Self.trait(nodes.flatMap(\.addresses), &builder)
        case .service(let id) where services[id] == nil:
            services[id] = state.serviceSlices.filter { $0.serviceID == id }.map { slice in
                for port in slice.ports { builder.transports.add(.init(port)) }
                return ServicePart(
                    trait: Self.trait(slice.addresses, &builder), ports: slice.ports)
            }
        case .endpoints, .network, .addresses, .nodes, .service: break
        }
    }

    private mutating func add(
        _ addresses: NamedAddresses, _ members: IntervalSet<Bits>,
        _ builder: inout PacketSpace<Bits>.Builder
    ) {
        if members.isEmpty { return }
        named[addresses] = builder.addresses.addTrait(intervals: members)
    }

    private static func members(_ blocks: [CIDR]) -> IntervalSet<Bits> {
        IntervalSet(blocks.compactMap { IntervalSet<Bits>($0) }.flatMap(\.intervals))
    }

    private static func trait(
        _ addresses: [IPAddress], _ builder: inout PacketSpace<Bits>.Builder
    ) -> Int {
        builder.addresses.addTrait(points: Set(addresses.compactMap { $0.bits() }).sorted())
    }
}

extension Peer {
    /// The blocks to which it refers.
    fileprivate func blocks<Bits: AddressBits>(_ type: Bits.Type)
        -> [PolicyReading<Bits>.NamedAddresses]
    {
        switch self {
        case .network(let block, let exceptions):
            [.blocks([block], except: exceptions)]
        case .addresses(let match):
            [match.nets, match.notNets].compactMap(\.self).map { .blocks($0, except: []) }
        case .endpoints, .nodes, .service: []
        }
    }
}
