// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What policies decide, for all packets of one family at once: the same rules as those of
/// ``ReferenceEvaluator``, applied to sets of packets.
package struct PolicyRegions<Bits: AddressBits> {
    private let reading: PolicyReading<Bits>
    private let space: PacketSpace<Bits>
    private let policies: [Policy]
    /// Every packet that policies judge and that a node can meet: not its own, and in IPv6 no
    /// discovery, which is exempt (S22, S44).
    let domain: PeerRegion
    private var selected: [EndpointSelector: BitSet] = [:]
    private var holders: [PortName: [(NamedPort, BitSet)]] = [:]
    /// The transports that policies judge.
    package let transports: JudgedTransports

    private struct PortName: Hashable {
        var name: String
        var transport: IPProtocol
    }

    /// The policies of a reading whose questions the space knows.
    init(_ reading: PolicyReading<Bits>, _ space: PacketSpace<Bits>) {
        self.reading = reading
        self.space = space
        policies = reading.governance.policies
        domain = PeerRegion(
            peers: BitSet.full(space: space.addresses.count)
                .subtracting(space.addresses.members(of: reading.nodeTrait)),
            transports: BitSet.full(space: space.transports.count).subtracting(space.discovery))
        transports = JudgedTransports(space.transports, judged: domain.transports)
    }

    /// All policies of a cluster, each endpoint judged as if by a node without addresses.
    package init(_ state: ClusterState, _ governance: Governance) {
        var builder = PacketSpace<Bits>.Builder()
        let reading = PolicyReading(state, governance, &builder)
        self.init(reading, builder.build())
    }

    /// How many classes of addresses there are.
    package var classCount: Int { space.addresses.count }

    /// The class of an address: what belongs to one class is the same peer to all policies.
    package func index(of address: Bits) -> Int { space.addresses.index(of: address) }

    /// What counts of an endpoint that these policies govern.
    package func subject(
        _ endpoint: Endpoint, _ direction: Direction, _ stack: PolicyStack
    ) -> PolicySubject {
        PolicySubject(
            stack: stack, direction: direction,
            namedPorts: direction == .ingress ? reading.sight.namedPorts(of: endpoint) : [])
    }

    /// What an endpoint's policies decide in one direction, in the order in which they are asked.
    package mutating func outcomes(of subject: PolicySubject) -> [PolicyOutcome] {
        var pending = [domain]
        var outcomes: [PolicyOutcome] = []
        func note(_ reason: PolicyOutcome.Reason, _ regions: [PeerRegion]) {
            if !regions.isEmpty { outcomes.append(.init(reason: reason, regions: regions)) }
        }
        for level in subject.stack.levels {
            var passed: [PeerRegion] = []
            for policy in level.policies.map({ policies[$0] }) {
                for (index, rule) in (policy.rules(subject.direction) ?? []).enumerated() {
                    if pending.isEmpty || rule.action == .log { continue }
                    var matched: [PeerRegion] = []
                    for match in matches(of: rule, subject) {
                        let hit = pending.compactMap { match.intersection($0) }
                        if hit.isEmpty { continue }
                        matched += hit
                        pending = pending.subtracting([match])
                    }
                    let place = RuleReference(
                        policy: policy.id, direction: subject.direction, index: index)
                    note(.rule(place, rule.action), matched)
                    if rule.action == .pass { passed += matched }
                }
            }
            switch level.defaultAction {
            case .pass:
                pending += passed
            case .deny:
                note(
                    .isolated(tier: level.tier, by: level.policies.map { policies[$0].id }),
                    pending)
                pending = passed
            }
        }
        note(.passed, pending)
        return outcomes
    }

    // MARK: Rules

    /// The packets that a rule matches; a packet may be in several of the regions.
    private mutating func matches(of rule: Rule, _ subject: PolicySubject) -> [PeerRegion] {
        var peers = domain.peers
        if case .only(let list) = rule.peers {
            peers = list.reduce(into: BitSet(space: space.addresses.count)) {
                $0.formUnion(addresses(of: $1))
            }
        }
        guard case .only(let ports) = rule.ports else {
            return [PeerRegion(peers: peers, transports: domain.transports)]
        }
        var numbered = BitSet(space: space.transports.count)
        var regions: [PeerRegion] = []
        for port in ports {
            if let condition = port.condition {
                space.transports.insertAtoms(where: condition, into: &numbered)
            }
            guard case .named(let transport, let name) = port else { continue }
            switch subject.direction {
            case .ingress:
                for own in subject.namedPorts where own.transport == transport && own.name == name {
                    space.transports.insertAtoms(where: .init(own), into: &numbered)
                }
            case .egress:
                for (number, destinations) in holders(of: name, transport) {
                    regions.append(
                        PeerRegion(
                            peers: peers.intersection(destinations),
                            transports: space.transports.atoms(where: .init(number))))
                }
            }
        }
        return regions + [PeerRegion(peers: peers, transports: numbered)]
    }

    /// The classes of addresses that a peer stands for.
    private mutating func addresses(of peer: Peer) -> BitSet {
        switch peer {
        case .endpoints(let selector):
            if let known = selected[selector] { return known }
            let members = members(of: selector)
            selected[selector] = members
            return members
        case .network, .addresses, .nodes, .service:
            return reading.networks[peer].map { space.addresses.members(of: $0) }
                ?? BitSet(space: space.addresses.count)
        }
    }

    private func members(of selector: EndpointSelector) -> BitSet {
        var members = BitSet(space: space.addresses.count)
        func add(_ namespace: String) {
            for peer in reading.peers[namespace] ?? [] where selector.labels.matches(peer.labels) {
                for member in space.addresses.classes(of: peer.trait) { members.insert(member) }
            }
        }
        if case .named(let namespace) = selector.namespaces {
            add(namespace)
        } else {
            for namespace in reading.peers.keys
            where reading.governance.includes(selector.namespaces, namespace) { add(namespace) }
        }
        return members
    }

    /// The numbers that destinations give to a port name, and the destinations that give each.
    private mutating func holders(of name: String, _ transport: IPProtocol)
        -> [(NamedPort, BitSet)]
    {
        let key = PortName(name: name, transport: transport)
        if let known = holders[key] { return known }
        var byNumber: [NamedPort: BitSet] = [:]
        for peer in reading.peers.values.joined() {
            for port in peer.profile.namedPorts
            where port.name == name && port.transport == transport {
                for member in space.addresses.classes(of: peer.trait) {
                    byNumber[port, default: BitSet(space: space.addresses.count)].insert(member)
                }
            }
        }
        let result = byNumber.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        holders[key] = result
        return result
    }
}

extension PacketSpace {
    /// Neighbour discovery and listener discovery; in IPv4 nothing.
    var discovery: BitSet {
        var atoms = BitSet(space: transports.count)
        guard Bits.family == .ipv6 else { return atoms }
        for types in TransportAtoms.Condition.discovery {
            transports.insertAtoms(where: types, into: &atoms)
        }
        return atoms
    }
}
