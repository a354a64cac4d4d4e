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
    private var matching: PeerMatching<Bits>
    /// For each policy whether a rule asks for the subject's own address.
    private let asksOwn: [Bool]
    /// The transports that policies judge.
    package let transports: JudgedTransports

    /// The policies of a reading whose questions the space knows.
    ///
    /// - Parameter peers: the addresses that are judged; all but the node's own where it is nil.
    init(_ reading: PolicyReading<Bits>, _ space: PacketSpace<Bits>, peers: BitSet? = nil) {
        self.reading = reading
        self.space = space
        policies = reading.governance.policies
        domain = PeerRegion(
            peers: peers
                ?? BitSet.full(space: space.addresses.count)
                .subtracting(space.addresses.members(of: reading.nodeTrait)),
            transports: BitSet.full(space: space.transports.count).subtracting(space.discovery))
        asksOwn = policies.map { $0.allRules.contains { $0.conditions.own != .anyone } }
        matching = PeerMatching(reading, space, domain: domain)
        transports = JudgedTransports(space.transports, judged: domain.transports, by: policies)
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

    /// What counts of an endpoint that these policies govern, for each of its addresses.
    ///
    /// - Parameter own: the classes of its addresses of this family.
    /// - Returns: the subjects, each with the classes of the addresses that it stands for; one
    ///   unless rules ask for the subject's own address and tell its addresses apart.
    package mutating func subjects(
        _ endpoint: Endpoint, _ direction: Direction, _ stack: PolicyStack, own: BitSet
    ) -> [(subject: PolicySubject, own: BitSet)] {
        let ports = reading.sight.namedPorts(of: endpoint, at: .own(direction))
        let conditions = ownConditions(stack, direction)
        if conditions.isEmpty {
            let subject = PolicySubject(
                stack: stack, direction: direction, namedPorts: ports, own: [:])
            return [(subject, own)]
        }
        var subjects: [(subject: PolicySubject, own: BitSet)] = []
        let fulfilling = conditions.map { condition in
            (condition, matching.regions(of: condition, at: .own(direction)))
        }
        for address in own.members {
            var answers: [Peers: BitSet] = [:]
            for (condition, regions) in fulfilling {
                answers[condition] = transports(of: address, in: regions)
            }
            let subject = PolicySubject(
                stack: stack, direction: direction, namedPorts: ports, own: answers)
            if let known = subjects.firstIndex(where: { $0.subject == subject }) {
                subjects[known].own.insert(address)
            } else {
                subjects.append((subject, BitSet([address], space: space.addresses.count)))
            }
        }
        return subjects
    }

    /// The conditions on the subject's own address.
    private func ownConditions(_ stack: PolicyStack, _ direction: Direction) -> Set<Peers> {
        var conditions: Set<Peers> = []
        for position in stack.policies where asksOwn[position] {
            for rule in policies[position].rules(direction) ?? []
            where rule.conditions.own != .anyone {
                conditions.insert(rule.conditions.own)
            }
        }
        return conditions
    }

    /// The transports in which an address fulfils a condition.
    private func transports(of address: Int, in regions: [PeerRegion]) -> BitSet {
        regions.filter { $0.peers.contains(address) }
            .reduce(BitSet(space: space.transports.count)) { $0.union($1.transports) }
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
        let conditions = rule.conditions
        if let family = conditions.family, family != Bits.family { return [] }
        let ownEnd = PacketEnd.own(subject.direction)
        let otherEnd: PacketEnd = ownEnd == .source ? .destination : .source
        var regions = matching.regions(of: rule.peers, at: otherEnd)
        if conditions.own != .anyone {
            let transports = subject.own[conditions.own] ?? domain.transports
            regions = regions.intersection([
                PeerRegion(peers: domain.peers, transports: transports)
            ])
        }
        for (end, ports, exceptions) in [
            (PacketEnd.destination, rule.ports, conditions.exceptPorts),
            (.source, conditions.sourcePorts, conditions.exceptSourcePorts),
        ] {
            let own = end == ownEnd ? subject.namedPorts : nil
            if let asked = matching.regions(of: ports, at: end, own: own) {
                regions = regions.intersection(asked)
            }
            if exceptions.isEmpty { continue }
            regions = regions.subtracting(matching.regions(of: exceptions, at: end, own: own))
        }
        return regions
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
