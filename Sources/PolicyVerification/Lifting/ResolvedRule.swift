// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// A rule whose conditions are sets of packets.
struct ResolvedRule {
    var conditions: [Condition]
    var outcome: Outcome
    var place: RulePlace

    enum Condition {
        case cube(PartialCube, isNegated: Bool)
        case member(ResolvedLookup, isNegated: Bool)
        case unknown(String)
    }

    enum Outcome {
        case verdict(Verdict)
        case map(ResolvedLookup, name: String)
        case unknown(String)
    }

    init<Bits: AddressBits>(
        _ rule: LiftedRule, at place: RulePlace, _ reading: TableReading<Bits>,
        _ space: PacketSpace<Bits>, _ resolve: (LiftedRule.Lookup) -> ResolvedLookup?
    ) {
        self.place = place
        conditions = rule.conditions.map { condition in
            switch condition {
            case .circumstances(let moments):
                .cube(PartialCube(circumstances: moments), isNegated: false)
            case .parts(let ranges, let isNegated):
                .cube(reading.cube(ranges, within: 0...255, space), isNegated: isNegated)
            case .member(let lookup, let isNegated):
                resolve(lookup).map { .member($0, isNegated: isNegated) }
                    ?? .unknown("what set \(lookup.set) holds")
            case .unknown(let what):
                .unknown(what)
            }
        }
        outcome =
            switch rule.outcome {
            case .verdict(let verdict): .verdict(verdict)
            case .map(let lookup):
                resolve(lookup).map { .map($0, name: lookup.set) }
                    ?? .unknown("what map \(lookup.set) holds")
            case .unknown(let what): .unknown(what)
            }
    }
}

extension ResolvedRule.Condition {
    /// The packets that fulfil it; in doubt where nobody knows.
    func meeting(_ packets: [Pending]) -> [Pending] {
        switch self {
        case .cube(let cube, isNegated: false):
            packets.compactMap { $0.within(cube) }
        case .cube(let cube, isNegated: true):
            packets.flatMap { pending in
                guard let inside = pending.within(cube) else { return [pending] }
                return pending.without([inside.packets])
            }
        case .member(let lookup, let isNegated):
            packets.flatMap { pending in
                let inside = lookup.answers.compactMap { pending.within($0.condition) }
                if lookup.otherwise != nil { return isNegated ? [] : [pending] }
                return isNegated ? pending.without(inside.map(\.packets)) : inside
            }
        case .unknown(let what):
            packets.map { Pending(packets: $0.packets, doubt: $0.doubt ?? what) }
        }
    }
}

extension ResolvedLookup {
    /// The packets by the verdicts of their elements.
    func split(_ packets: [Pending]) -> [(verdict: Verdict?, packets: [Pending])] {
        var groups = answers.compactMap { condition, verdict in
            let inside = packets.compactMap { $0.within(condition) }
            return inside.isEmpty ? nil : (verdict: verdict, packets: inside)
        }
        if let otherwise {
            let known = groups.flatMap { $0.packets.map(\.packets) }
            let rest = packets.flatMap { $0.without(known) }
            if !rest.isEmpty { groups.append((otherwise.verdict, rest)) }
        }
        return groups
    }
}
