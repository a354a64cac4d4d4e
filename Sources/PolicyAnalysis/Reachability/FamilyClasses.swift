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

    /// What counts of an endpoint that policies govern; more than one where they tell its addresses
    /// of this family apart.
    mutating func subjects(_ endpoint: Endpoint, _ direction: Direction, _ stack: PolicyStack)
        -> [PolicySubject]
    {
        let own = BitSet(
            endpoint.addresses.compactMap { ($0.bits() as Bits?).map(regions.index) },
            space: regions.classCount)
        return regions.subjects(endpoint, direction, stack, own: own).map(\.subject)
    }

    /// Adds to a region what is decided about packets of this family.
    mutating func judge(
        _ subject: PolicySubject, into region: inout SubjectRegion, _ table: inout TransportTable
    ) {
        var allowed: [Int: BitSet] = [:]
        for outcome in regions.outcomes(of: subject) {
            for packets in outcome.regions {
                let classes = packets.peers.members.map { numbers.lowerBound + $0 }
                if outcome.isAllowed == true {
                    if regions.transports.arePortsAlone {
                        let number = table.number(of: transports(packets.transports))
                        region.allow(number, with: classes, &table)
                    } else {
                        for number in classes {
                            allowed[number, default: packets.transports]
                                .formUnion(packets.transports)
                        }
                    }
                }
                if case .rule(let place, let action) = outcome.reason {
                    region.note(
                        place, action, transports(packets.transports),
                        BitSet(classes, space: count))
                }
            }
        }
        for (number, atoms) in allowed.sorted(by: { $0.key < $1.key }) {
            region.allow(table.number(of: transports(atoms)), with: [number], &table)
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
