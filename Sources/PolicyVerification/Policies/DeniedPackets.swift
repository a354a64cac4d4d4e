// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What the policies of a node's endpoints deny, for all packets of one family at once.
struct DeniedPackets<Bits: AddressBits> {
    private let subjects: [PolicyReading<Bits>.Subject]
    private let addresses: AddressClasses<Bits>
    private var regions: PolicyRegions<Bits>
    private var outcomes: [PolicySubject: [PolicyOutcome]] = [:]
    /// Every packet that policies judge and that the node can meet.
    let domain: PacketCube

    /// The policies of a reading whose questions the space knows.
    init(_ reading: PolicyReading<Bits>, _ space: PacketSpace<Bits>) {
        subjects = reading.subjects
        addresses = space.addresses
        regions = PolicyRegions(reading, space)
        domain = PacketCube(
            sources: regions.domain.peers, destinations: regions.domain.peers,
            transports: regions.domain.transports, circumstances: .judged)
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
        subjects.flatMap { subject in
            Direction.allCases.flatMap { denials(of: subject, $0) }
        }
    }

    /// What one endpoint's policies deny in one direction.
    private mutating func denials(
        of subject: PolicyReading<Bits>.Subject, _ direction: Direction
    ) -> [Denial] {
        let own = addresses.members(of: subject.trait).intersection(domain.sources)
        // A pod that bears the node's address is the node (S22).
        if own.isEmpty { return [] }
        return regions.subjects(
            subject.endpoint, direction, subject.stack(direction), own: own
        ).flatMap { judged, part in
            denials(of: judged, part, besides: own).map { packets, reason in
                Denial(
                    packets: packets, reason: reason, endpoint: subject.endpoint.id,
                    direction: direction)
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
