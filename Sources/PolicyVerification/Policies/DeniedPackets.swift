// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What the policies of a node's endpoints deny, for all packets of one family at once.
struct DeniedPackets<Bits: AddressBits> {
    private let subjects: [PolicyReading<Bits>.Subject]
    let space: PacketSpace<Bits>
    let reading: PolicyReading<Bits>
    var regions: PolicyRegions<Bits>
    private var outcomes: [PolicySubject: [PolicyOutcome]] = [:]
    /// Every packet that policies judge and that the node can meet.
    let domain: PacketCube

    /// The policies of a reading whose questions the space knows.
    init(_ reading: PolicyReading<Bits>, _ space: PacketSpace<Bits>) {
        self.reading = reading
        subjects = reading.subjects
        self.space = space
        regions = PolicyRegions(reading, space)
        domain = PacketCube(
            sources: regions.domain.peers, destinations: regions.domain.peers,
            inputs: .full(space: space.interfaces.count),
            outputs: .full(space: space.interfaces.count),
            transports: regions.domain.transports, circumstances: .judged)
    }

    /// Packets that one endpoint's policies deny in one direction, for one reason.
    struct Denial {
        var packets: PacketCube
        var reason: DirectionDecision
        var endpoint: EndpointID
        /// The ways on which such packets are denied.
        var journeys: Set<Journey>
    }

    /// All that the policies of all endpoints deny, and what bears a forged source.
    mutating func all() -> [Denial] {
        reading.guards.flatMap(forgeries) + hostDenials()
            + reading.guards.flatMap { denials(at: $0) }
            + subjects.flatMap { subject in
                Direction.allCases.flatMap { denials(of: subject, $0) }
            }
    }

    // MARK: Interfaces

    /// What comes by a workload's interface with a source that is not the workload's: in whatever
    /// state its connection is, and wherever it goes (S50).
    private func forgeries(at guarded: GuardReading<Bits>) -> [Denial] {
        var packets = space.everything(.all)
        packets.inputs = space.interfaces.members(of: guarded.interface)
        packets.sources.subtract(space.addresses.members(of: guarded.own))
        packets.sources.subtract(space.addresses.members(of: guarded.further))
        var discovering = packets
        discovering.transports = space.discovery
        discovering.sources.subtract(space.addresses.members(of: reading.discoveryTrait))
        packets.transports.subtract(space.discovery)
        return [packets, discovering].filter { !$0.isEmpty }.map { packets in
            Denial(
                packets: packets, reason: .isolated(tier: "sources of its interface", by: []),
                endpoint: guarded.sender.id, journeys: [.forwarded, .received])
        }
    }

    /// What the policies of the workload at an interface deny of what it may send from addresses
    /// that are not its own (S50).
    ///
    /// Left out of what is denied by default are packets that other endpoints of the node would send
    /// to themselves.
    private mutating func denials(at guarded: GuardReading<Bits>) -> [Denial] {
        let further = space.addresses.members(of: guarded.further)
            .union(space.addresses.members(of: guarded.own))
            .subtracting(space.addresses.members(of: guarded.senderOwn))
            .intersection(domain.sources)
        if further.isEmpty || guarded.egress.isEmpty { return [] }
        let selves = subjects.map { space.addresses.members(of: $0.trait).intersection(further) }
            .filter { !$0.isEmpty }
        let input = space.interfaces.members(of: guarded.interface)
        return regions.subjects(guarded.sender, .egress, guarded.egress, own: further)
            .flatMap { judged, part in
                denials(of: judged, part, besides: BitSet(space: space.addresses.count))
            }.flatMap { packets, reason -> [Denial] in
                var packets = packets
                packets.inputs = input
                // A rule that denies spares nobody.
                guard case .isolated = reason else {
                    return [
                        Denial(
                            packets: packets, reason: reason, endpoint: guarded.sender.id,
                            journeys: [.forwarded])
                    ]
                }
                let others = selves.reduce([packets]) { rest, own in
                    var own = PacketCube(packets, from: own, to: own)
                    own.inputs = input
                    return rest.subtracting(own)
                }
                return others.map {
                    Denial(
                        packets: $0, reason: reason, endpoint: guarded.sender.id,
                        journeys: [.forwarded])
                }
            }
    }

    /// What is not known of a workload's policies where it may send from addresses that are not its
    /// own: a source port's name is then another endpoint's.
    private var guardDoubts: [String] {
        reading.guards.filter { guarded in
            !space.addresses.members(of: guarded.further).isEmpty
                && guarded.egress.policies.contains { position in
                    (reading.governance.policies[position].egress ?? []).contains { rule in
                        rule.everyPort(at: .source).contains {
                            if case .named = $0 { true } else { false }
                        }
                    }
                }
        }.map { "names of source ports in policies of what comes by \($0.interface)" }
    }

    /// What the proof does not cover.
    var doubts: [String] { guardDoubts + hostDoubts }

    // MARK: Policies

    /// What one endpoint's policies deny in one direction.
    private mutating func denials(
        of subject: PolicyReading<Bits>.Subject, _ direction: Direction
    ) -> [Denial] {
        let own = space.addresses.members(of: subject.trait).intersection(domain.sources)
        // A pod that bears the node's address is the node (S22).
        if own.isEmpty { return [] }
        return regions.subjects(
            subject.endpoint, direction, subject.stack(direction), own: own
        ).flatMap { judged, part in
            denials(of: judged, part, besides: own).map { packets, reason in
                Denial(
                    packets: packets, reason: reason, endpoint: subject.endpoint.id,
                    journeys: [.forwarded, .sent])
            }
        }
    }

    /// What is denied to some addresses of an endpoint.
    ///
    /// - Parameters:
    ///   - part: those addresses.
    ///   - own: all of the endpoint's addresses.
    private mutating func denials(
        of subject: PolicySubject, _ part: BitSet, besides own: BitSet
    ) -> [(packets: PacketCube, reason: DirectionDecision)] {
        var denials: [(packets: PacketCube, reason: DirectionDecision)] = []
        for outcome in outcomes(of: subject) {
            let reason: DirectionDecision
            var others = outcome.regions
            switch outcome.reason {
            case .rule(let place, .deny):
                reason = .denied(by: place)
            case .isolated(let tier, let policies):
                reason = .isolated(tier: tier, by: policies)
                // An endpoint always reaches itself unless a rule denies it (S23, S24).
                for index in others.indices { others[index].peers.subtract(own) }
            case .rule, .passed: continue
            }
            for region in others where !region.isEmpty {
                var packets = domain
                packets.transports = region.transports
                packets.sources = subject.direction == .egress ? part : region.peers
                packets.destinations = subject.direction == .egress ? region.peers : part
                denials.append((packets, reason))
            }
        }
        return denials
    }

    /// What the policies decide: for endpoints that are alike worked out once.
    private mutating func outcomes(of subject: PolicySubject) -> [PolicyOutcome] {
        if let known = outcomes[subject] { return known }
        let result = regions.outcomes(of: subject)
        outcomes[subject] = result
        return result
    }
}
