// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// One family's addresses in the classes that the policies tell apart, numbered together with those
/// of the other family.
struct FamilyClasses<Bits: AddressBits> {
    /// The numbers of this family's classes.
    let numbers: Range<Int>
    /// How many classes both families have.
    private let count: Int
    private var regions: PolicyRegions<Bits>
    private var sets: [BitSet: TransportSet] = [:]

    /// - Parameters:
    ///   - first: The number of the first class.
    ///   - others: How many classes the other family has.
    init(_ regions: PolicyRegions<Bits>, first: Int, others: Int) {
        self.regions = regions
        numbers = first..<first + regions.classCount
        count = regions.classCount + others
    }

    /// The class of an address.
    func number(of address: Bits) -> Int { numbers.lowerBound + regions.index(of: address) }

    /// What counts of an endpoint that policies govern.
    func subject(_ endpoint: Endpoint, _ direction: Direction, _ stack: PolicyStack)
        -> PolicySubject
    {
        regions.subject(endpoint, direction, stack)
    }

    /// Adds to a region what is decided about packets of this family.
    mutating func judge(
        _ subject: PolicySubject, into region: inout SubjectRegion, _ table: inout TransportTable
    ) {
        for outcome in regions.outcomes(of: subject) {
            for packets in outcome.regions {
                let transports = transports(packets.transports)
                let classes = packets.peers.members.map { numbers.lowerBound + $0 }
                if outcome.isAllowed == true {
                    region.allow(table.number(of: transports), with: classes, &table)
                }
                if case .rule(let place, let action) = outcome.reason {
                    region.note(place, action, transports, BitSet(classes, space: count))
                }
            }
        }
    }

    private mutating func transports(_ atoms: BitSet) -> TransportSet {
        if let known = sets[atoms] { return known }
        let ports = { [regions] in regions.transports.ports(of: $0, in: atoms) }
        let set = TransportSet(
            tcp: ports(.tcp), udp: ports(.udp), sctp: ports(.sctp),
            others: regions.transports.protocols(in: atoms))
        sets[atoms] = set
        return set
    }
}
