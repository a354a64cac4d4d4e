// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What the policies deny, for all packets of one family at once: the same rules as those of
/// ``ReferenceEvaluator``, applied to sets of packets.
struct DeniedPackets<Bits: AddressBits> {
    private let reading: PolicyReading<Bits>
    private let space: PacketSpace<Bits>
    private var selected: [EndpointSelector: BitSet] = [:]
    private var namedPorts: [PortName: [(NamedPort, BitSet)]] = [:]
    /// Every packet that policies judge and that a node can meet: not its own, and in IPv6 no
    /// discovery, which is exempt (S22, S44).
    let domain: PacketCube

    /// The policies of a reading whose questions the space knows.
    init(_ reading: PolicyReading<Bits>, _ space: PacketSpace<Bits>) {
        self.reading = reading
        self.space = space
        var domain = space.everything(.judged)
        let node = space.addresses.members(of: reading.nodeTrait)
        domain.sources = domain.sources.subtracting(node)
        domain.destinations = domain.destinations.subtracting(node)
        domain.transports = domain.transports.subtracting(space.discovery)
        self.domain = domain
    }

    /// Packets that one endpoint's policies deny in one direction, for one reason.
    struct Denial {
        var packets: PacketCube
        var reason: DirectionDecision
        var endpoint: EndpointID
        var direction: Direction
    }

    /// All that the policies of all endpoints deny.
    mutating func all() -> [Denial] {
        reading.subjects.flatMap { subject in
            Direction.allCases.flatMap { denials(of: subject, $0) }
        }
    }

    /// What one endpoint's policies deny in one direction.
    mutating func denials(of subject: PolicyReading<Bits>.Subject, _ direction: Direction)
        -> [Denial]
    {
        let own = space.addresses.members(of: subject.trait)
        var start = domain
        switch direction {
        case .egress: start.sources = domain.sources.intersection(own)
        case .ingress: start.destinations = domain.destinations.intersection(own)
        }
        // A pod that bears the node's address is the node (S22).
        if start.isEmpty { return [] }
        var toItself = domain
        toItself.sources = own
        toItself.destinations = own
        var pending = [start]
        var denials: [Denial] = []
        func deny(_ packets: [PacketCube], _ reason: DirectionDecision) {
            denials += packets.map {
                Denial(
                    packets: $0, reason: reason, endpoint: subject.endpoint.id,
                    direction: direction)
            }
        }
        for (tier, policies) in subject.tiers(direction) {
            var passed: [PacketCube] = []
            for policy in policies {
                for (index, rule) in (policy.rules(direction) ?? []).enumerated() {
                    if pending.isEmpty || rule.action == .log { continue }
                    let matches = matches(of: rule, direction, subject.endpoint)
                    let matched = matches.flatMap { match in
                        pending.compactMap { match.intersection($0) }
                    }
                    if matched.isEmpty { continue }
                    pending = pending.flatMap { packets in
                        [packets].subtracting(matches.compactMap { $0.intersection(packets) })
                    }
                    switch rule.action {
                    case .allow, .log: break
                    case .deny:
                        let place = RuleReference(
                            policy: policy.id, direction: direction, index: index)
                        deny(matched, .denied(by: place))
                    case .pass: passed += matched
                    }
                }
            }
            switch tier.defaultAction {
            case .pass:
                pending += passed
            case .deny:
                // An endpoint always reaches itself unless a rule denies it (S23, S24).
                deny(
                    pending.subtracting(toItself),
                    .isolated(tier: tier.name, by: policies.map(\.id)))
                pending = passed
            }
        }
        return denials
    }

    // MARK: Rules

    /// The packets that a rule matches; a packet may be in several of the cubes.
    private mutating func matches(
        of rule: Rule, _ direction: Direction, _ subject: Endpoint
    ) -> [PartialCube] {
        var peers: BitSet?
        if case .only(let list) = rule.peers {
            peers = list.reduce(into: BitSet(space: space.addresses.count)) {
                $0.formUnion(addresses(of: $1))
            }
        }
        func cube(_ transports: BitSet?, to destinations: BitSet? = nil) -> PartialCube {
            switch direction {
            case .ingress:
                return PartialCube(sources: peers, transports: transports)
            case .egress:
                let both = destinations.map { peers?.intersection($0) ?? $0 } ?? peers
                return PartialCube(destinations: both, transports: transports)
            }
        }
        guard case .only(let ports) = rule.ports else { return [cube(nil)] }
        var numbered = BitSet(space: space.transports.count)
        var cubes: [PartialCube] = []
        for port in ports {
            if let condition = port.condition {
                space.transports.insertAtoms(where: condition, into: &numbered)
            }
            guard case .named(let transport, let name) = port else { continue }
            switch direction {
            case .ingress:
                for own in subject.namedPorts where own.transport == transport && own.name == name {
                    space.transports.insertAtoms(where: .init(own), into: &numbered)
                }
            case .egress:
                for (own, destinations) in self.destinations(of: name, transport) {
                    cubes.append(cube(space.transports.atoms(where: .init(own)), to: destinations))
                }
            }
        }
        return cubes + [cube(numbered)]
    }

    /// The classes of addresses that a peer stands for.
    private mutating func addresses(of peer: Peer) -> BitSet {
        switch peer {
        case .endpoints(let selector):
            if let known = selected[selector] { return known }
            let members = members(of: selector)
            selected[selector] = members
            return members
        case .network:
            return reading.networks[peer].map { space.addresses.members(of: $0) }
                ?? BitSet(space: space.addresses.count)
        }
    }

    private func members(of selector: EndpointSelector) -> BitSet {
        var members = BitSet(space: space.addresses.count)
        func add(_ namespace: String) {
            for (profile, trait) in reading.profiles[namespace] ?? []
            where selector.labels.matches(profile.labels) {
                for member in space.addresses.classes(of: trait) { members.insert(member) }
            }
        }
        if case .named(let namespace) = selector.namespaces {
            add(namespace)
        } else {
            for namespace in reading.profiles.keys
            where reading.governance.includes(selector.namespaces, namespace) { add(namespace) }
        }
        return members
    }

    /// The numbers that destinations give to a port name, and the destinations that give each.
    private mutating func destinations(of name: String, _ transport: IPProtocol)
        -> [(NamedPort, BitSet)]
    {
        let key = PortName(name: name, transport: transport)
        if let known = namedPorts[key] { return known }
        var byNumber: [NamedPort: BitSet] = [:]
        for (profile, trait) in reading.profiles.values.joined() {
            for port in profile.namedPorts where port.name == name && port.transport == transport {
                for member in space.addresses.classes(of: trait) {
                    byNumber[port, default: BitSet(space: space.addresses.count)].insert(member)
                }
            }
        }
        let result = byNumber.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        namedPorts[key] = result
        return result
    }

    private struct PortName: Hashable {
        var name: String
        var transport: IPProtocol
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
