// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// A table's rules and sets as one family's packets meet them: what they ask is known, and not yet
/// what packets there are.
struct TableReading<Bits: AddressBits> {
    let table: Table
    /// The rules of each chain that can concern a packet, with their positions.
    private(set) var rules: [String: [(position: Int, rule: LiftedRule)]] = [:]
    private(set) var sets: [String: NamedSet]
    /// The traits of sets with single addresses as keys, by name: one for each verdict.
    private(set) var addressSets: [String: [AddressGroup]] = [:]
    /// The traits of addresses that are fields of longer keys.
    private(set) var intervals: [ClosedRange<Bits>: Int] = [:]

    /// The addresses of a set that have the same verdict, or all of one without verdicts.
    struct AddressGroup {
        var trait: Int
        var verdict: Verdict?
    }

    /// Reads a table, and adds what it asks of packets to the builder.
    init(_ table: Table, _ builder: inout PacketSpace<Bits>.Builder) {
        self.table = table
        sets = Dictionary(table.sets.map { ($0.name, $0) }) { first, _ in first }
        for chain in table.chains {
            rules[chain.name] = chain.rules.enumerated().compactMap { position, rule in
                RuleLifting.lift(rule, Bits.family, sets: sets).map { (position, $0) }
            }
        }
        var asked: Set<LiftedRule.Lookup> = []
        // In the table's order: classes of addresses are numbered as they are found.
        for (_, rule) in table.chains.flatMap({ rules[$0.name] ?? [] }) {
            for condition in rule.conditions {
                switch condition {
                case .parts(let ranges, _): add(ranges, &builder)
                case .member(let lookup, _) where asked.insert(lookup).inserted:
                    add(lookup, &builder)
                case .member, .circumstances, .unknown: break
                }
            }
            if case .map(let lookup) = rule.outcome, asked.insert(lookup).inserted {
                add(lookup, &builder)
            }
        }
    }

    private mutating func add(
        _ ranges: [LiftedRule.PartRange], _ builder: inout PacketSpace<Bits>.Builder
    ) {
        var transport = TransportAtoms.Condition()
        for range in ranges where !transport.restrict(range) {
            add(range, &builder)
        }
        builder.transports.add(transport)
    }

    /// Adds a range of addresses, or of interfaces' names.
    private mutating func add(
        _ range: LiftedRule.PartRange, _ builder: inout PacketSpace<Bits>.Builder
    ) {
        guard !range.part.isInterface else { return builder.interfaces.add(range.range) }
        let interval: ClosedRange<Bits> = range.addresses()
        intervals[interval] = builder.trait(of: interval)
    }

    private mutating func add(
        _ lookup: LiftedRule.Lookup, _ builder: inout PacketSpace<Bits>.Builder
    ) {
        guard let set = sets[lookup.set] else { return }
        if lookup.isOfAddress(Bits.family) {
            if addressSets[set.name] == nil {
                addressSets[set.name] = Self.groups(of: set, &builder)
            }
            return
        }
        guard case .entries(let entries) = set.elements else { return }
        for entry in entries where !entry.key.isEmpty {
            var transport = TransportAtoms.Condition(protocols: lookup.protocols)
            for value in set.values(of: entry, lookup.fields, Bits.family) {
                if case .range(let range) = value, !transport.restrict(range) {
                    add(range, &builder)
                }
            }
            builder.transports.add(transport)
        }
    }

    private static func groups(of set: NamedSet, _ builder: inout PacketSpace<Bits>.Builder)
        -> [AddressGroup]
    {
        switch set.elements {
        case .ipv4(let points as [Bits]), .ipv6(let points as [Bits]):
            return [AddressGroup(trait: builder.addresses.addTrait(points: points))]
        case .ipv4Intervals(let intervals as IntervalSet<Bits>),
            .ipv6Intervals(let intervals as IntervalSet<Bits>):
            return [AddressGroup(trait: builder.addresses.addTrait(intervals: intervals))]
        case .entries(let entries):
            var positions: [Verdict?: Int] = [:]
            var groups: [(verdict: Verdict?, ranges: [ClosedRange<Bits>])] = []
            for entry in entries where !entry.key.isEmpty {
                guard let range: ClosedRange<Bits> = entry.addressRange() else { continue }
                let position = positions[entry.verdict] ?? groups.count
                if position == groups.count {
                    positions[entry.verdict] = position
                    groups.append((entry.verdict, []))
                }
                groups[position].ranges.append(range)
            }
            return groups.map { verdict, ranges in
                let trait =
                    ranges.allSatisfy { $0.lowerBound == $0.upperBound }
                    ? builder.addresses.addTrait(points: ranges.map(\.lowerBound))
                    : builder.addresses.addTrait(intervals: IntervalSet(ranges))
                return AddressGroup(trait: trait, verdict: verdict)
            }
        default:
            return []
        }
    }
}

extension LiftedRule.Lookup {
    /// Whether the key is one whole address.
    func isOfAddress(_ family: AddressFamily) -> Bool {
        fields == [.part(.source, bytes: HeaderPart.source.length(in: family))]
            || fields == [.part(.destination, bytes: HeaderPart.source.length(in: family))]
    }
}

extension LiftedRule.PartRange {
    /// The range of a part that is an address.
    func addresses<Bits: AddressBits>() -> ClosedRange<Bits> {
        Bits(range.lowerBound)...Bits(range.upperBound)
    }
}

extension SetEntry {
    /// The addresses of an element whose key is an address.
    fileprivate func addressRange<Bits: AddressBits>() -> ClosedRange<Bits>? {
        guard let low = Bits(networkBytes: key), let high = Bits(networkBytes: keyEnd ?? key),
            low <= high
        else { return nil }
        return low...high
    }
}
