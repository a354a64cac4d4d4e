// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// What a question for an element answers for every packet.
struct ResolvedLookup: Sendable {
    /// Disjoint conditions on packets and what their elements say; nil in a set.
    var answers: [(condition: PartialCube, verdict: Verdict?)] = []
    /// What is said of packets that fulfil none of them, in a set with an element for all others.
    var otherwise: Otherwise?

    /// Whether it asks by which interface packets come.
    var asksInput: Bool { answers.contains { $0.condition.inputs != nil } }

    /// An element for everything that no other is for.
    struct Otherwise: Sendable {
        var verdict: Verdict?
    }

    /// - Returns: nil where nobody knows what the set holds.
    init?<Bits: AddressBits>(
        _ lookup: LiftedRule.Lookup, _ reading: TableReading<Bits>, _ space: PacketSpace<Bits>
    ) {
        guard let set = reading.sets[lookup.set], set.foreignFlags & ~Self.harmlessFlags == 0
        else { return nil }
        if case .entries(let entries) = set.elements,
            let others = entries.first(where: \.key.isEmpty)
        {
            otherwise = Otherwise(verdict: others.verdict)
        }
        if lookup.isOfAddress(Bits.family) {
            guard let groups = reading.addressSets[set.name] else { return nil }
            for group in groups {
                let members = space.addresses.members(of: group.trait)
                let isSource = lookup.fields == [.part(.source, bytes: Bits.bitWidth / 8)]
                answers.append(
                    (
                        isSource
                            ? PartialCube(sources: members) : PartialCube(destinations: members),
                        group.verdict
                    ))
            }
            return
        }
        guard case .entries(let entries) = set.elements else {
            if set.elements.count == 0 { return }
            return nil
        }
        if set.isAmbiguous(entries) { return nil }
        readTransports(entries, set, lookup, space.transports, Bits.family)
        if answers.isEmpty {
            for entry in entries where !entry.key.isEmpty {
                guard let condition = Self.condition(entry, set, lookup, reading, space)
                else { continue }
                answers.append((condition, entry.verdict))
            }
        }
    }

    /// Flags of sets that belong to a rule or never change.
    private static let harmlessFlags: UInt32 = NamedSet.anonymousFlag | 2

    /// Keys that consist of the transport header only: all that have one verdict are one condition.
    private mutating func readTransports(
        _ entries: [SetEntry], _ set: NamedSet, _ lookup: LiftedRule.Lookup,
        _ transports: TransportAtoms, _ family: AddressFamily
    ) {
        guard
            lookup.fields.allSatisfy({
                if case .part(let part, _) = $0 { part.isOfTransport } else { false }
            })
        else { return }
        var atoms: [Verdict?: BitSet] = [:]
        var order: [Verdict?] = []
        for entry in entries where !entry.key.isEmpty {
            var condition = TransportAtoms.Condition(protocols: lookup.protocols)
            var isPossible = true
            for value in set.values(of: entry, lookup.fields, family) {
                switch value {
                case .range(let range): _ = condition.restrict(range)
                case .constant(false): isPossible = false
                case .constant(true), .circumstances: break
                }
            }
            guard isPossible else { continue }
            if atoms[entry.verdict] == nil {
                order.append(entry.verdict)
                atoms[entry.verdict] = BitSet(space: transports.count)
            }
            transports.insertAtoms(where: condition, into: &atoms[entry.verdict]!)
        }
        answers = order.map { (PartialCube(transports: atoms[$0]!), $0) }
    }

    private static func condition<Bits: AddressBits>(
        _ entry: SetEntry, _ set: NamedSet, _ lookup: LiftedRule.Lookup,
        _ reading: TableReading<Bits>, _ space: PacketSpace<Bits>
    ) -> PartialCube? {
        var ranges: [LiftedRule.PartRange] = []
        var circumstances = Circumstances.all
        for value in set.values(of: entry, lookup.fields, Bits.family) {
            switch value {
            case .range(let range): ranges.append(range)
            case .circumstances(let moments): circumstances.formIntersection(moments)
            case .constant(false): return nil
            case .constant(true): break
            }
        }
        var cube = reading.cube(ranges, within: lookup.protocols, space)
        cube.circumstances = circumstances
        return cube.isEmpty ? nil : cube
    }
}

extension NamedSet {
    /// Whether elements overlap that map to different verdicts: in intervals of a concatenation the
    /// one that was added first counts, and nobody knows which that was.
    fileprivate func isAmbiguous(_ entries: [SetEntry]) -> Bool {
        guard isVerdictMap, hasFieldIntervals else { return false }
        for (index, entry) in entries.enumerated() {
            let end = (entry.keyEnd ?? entry.key).prefix(key[0].length)
            for other in entries[(index + 1)...] {
                // They ascend: what begins behind the first field's end does not overlap.
                if end.lexicographicallyPrecedes(other.key.prefix(key[0].length)) { break }
                if entry.verdict != other.verdict, overlap(entry, other) { return true }
            }
        }
        return false
    }

    /// Whether elements are ranges in each field of a concatenation.
    private var hasFieldIntervals: Bool { isInterval && key.count > 1 }

    private func overlap(_ left: SetEntry, _ right: SetEntry) -> Bool {
        var start = 0
        return key.allSatisfy { field in
            let bytes = start..<start + field.length
            start += field.paddedLength
            func isBeyond(_ one: SetEntry, _ other: SetEntry) -> Bool {
                (one.keyEnd ?? one.key)[bytes].lexicographicallyPrecedes(other.key[bytes])
            }
            return !isBeyond(left, right) && !isBeyond(right, left)
        }
    }
}

extension HeaderPart {
    /// Whether it belongs to the transport header, the protocol's number included.
    fileprivate var isOfTransport: Bool { self == .transport || isTransportWord }
}

extension TableReading {
    /// The packets whose parts lie in all of these ranges.
    func cube(
        _ ranges: [LiftedRule.PartRange], within protocols: ClosedRange<UInt8>,
        _ space: PacketSpace<Bits>
    ) -> PartialCube {
        var sources: BitSet?
        var destinations: BitSet?
        var inputs: BitSet?
        var outputs: BitSet?
        var transport = TransportAtoms.Condition(protocols: protocols)
        var asksTransport = false
        for range in ranges {
            if transport.restrict(range) {
                asksTransport = true
                continue
            }
            let members =
                range.part.isInterface
                ? space.interfaces.members(of: range.range)
                : space.addresses.members(of: intervals[range.addresses()]!)
            func narrow(_ side: inout BitSet?) {
                side = side.map { $0.intersection(members) } ?? members
            }
            switch range.part {
            case .source: narrow(&sources)
            case .inputInterface: narrow(&inputs)
            case .outputInterface: narrow(&outputs)
            default: narrow(&destinations)
            }
        }
        return PartialCube(
            sources: sources, destinations: destinations, inputs: inputs, outputs: outputs,
            transports: asksTransport ? space.transports.atoms(where: transport) : nil)
    }
}
