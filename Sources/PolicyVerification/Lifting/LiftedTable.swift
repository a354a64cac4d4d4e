// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// A ruleset as a function: which packets of one family it drops on their way, for all packets at
/// once.
///
/// It follows the rules as the kernel does, with sets of packets instead of one. What it does not
/// understand splits a set in two: the packets go on, and they do not; what follows is in doubt.
///
/// What a chain drops is not taken out of what goes on behind a jump to it: to be dropped twice
/// changes nothing, and the sets of packets stay few and simple. Only where a rule parts packets by
/// the interface by which they come, what was dropped of each interface is taken out.
struct LiftedTable<Bits: AddressBits> {
    private let reading: TableReading<Bits>
    private let space: PacketSpace<Bits>
    private var lookups: [LiftedRule.Lookup: ResolvedLookup?] = [:]
    private var chains: [String: [ResolvedRule]] = [:]
    private var flows: [Call: Flow] = [:]

    /// A table whose questions the space knows.
    init(_ reading: TableReading<Bits>, _ space: PacketSpace<Bits>) {
        self.reading = reading
        self.space = space
    }

    /// Packets that a rule drops.
    struct Drop {
        var packets: PacketCube
        var place: RulePlace
        /// What nobody knows, where it is not certain that the packets come to the rule or that it
        /// drops them.
        var doubt: String?
    }

    /// What becomes of packets in a chain; who is in neither list goes on.
    private struct Flow {
        var drops: [Drop] = []
        /// Packets that leave the base chain.
        var accepted: [Pending] = []

        /// What is surely dropped of packets by a single interface, by its class.
        var certainDropsByInput: [Int: [PacketCube]] {
            var cubes: [Int: [PacketCube]] = [:]
            for drop in drops where drop.doubt == nil {
                guard let input = drop.packets.inputs.onlyMember else { continue }
                cubes[input, default: []].append(drop.packets)
            }
            return cubes
        }
    }

    private struct Call: Hashable {
        var chain: String
        var packets: [Pending]
    }

    /// The packets that the chains at a hook drop.
    mutating func drops(at hook: Hook, _ packets: [PacketCube]) -> [Drop] {
        guard reading.table.foreignFlags & Self.dormantFlag == 0 else { return [] }
        return reading.table.chains.flatMap { chain in
            guard let base = chain.base, base.hook == hook else { return [Drop]() }
            return drops(of: chain, base, packets)
        }
    }

    /// `NFT_TABLE_F_DORMANT`: no chain of the table is asked.
    static var dormantFlag: UInt32 { 1 }

    private mutating func drops(of chain: Chain, _ base: BaseChain, _ packets: [PacketCube])
        -> [Drop]
    {
        let doubt = doubt(about: chain, base)
        let start = packets.map { Pending(packets: $0, doubt: doubt) }
        let flow = flow(of: start, through: chain.name, depth: 0)
        guard base.policy == .drop else { return flow.drops }
        let place = RulePlace(chain: chain.name, position: nil)
        return flow.drops
            + start.without(flow.accepted).map {
                Drop(packets: $0.packets, place: place, doubt: $0.doubt)
            }
    }

    /// Why it is not certain what the base chain does, whatever its rules.
    private func doubt(about chain: Chain, _ base: BaseChain) -> String? {
        if base.type != "filter" { return "chain \(chain.name) is of type \(base.type)" }
        // Connection tracking comes at priority -200 of the hooks where packets begin their way.
        if base.priority <= -200, [.prerouting, .output].contains(base.hook), !chain.rules.isEmpty {
            return "chain \(chain.name) comes before connection tracking"
        }
        return nil
    }

    /// Sends packets through a chain from its first rule.
    private mutating func flow(of start: [Pending], through chain: String, depth: Int) -> Flow {
        var flow = Flow()
        var pending = start
        for rule in rules(of: chain) {
            var matched = pending
            for condition in rule.conditions where !matched.isEmpty {
                matched = condition.meeting(matched)
            }
            if matched.isEmpty { continue }
            var leaving: [Pending] = []
            switch rule.outcome {
            case .verdict(let verdict):
                leaving = carryOut(verdict, on: matched, rule.place, depth, &flow)
            case .map(let lookup, let name):
                let dropped = lookup.asksInput ? flow.certainDropsByInput : [:]
                for (verdict, packets) in lookup.split(matched) {
                    let packets = packets.flatMap { pending in
                        pending.without(
                            pending.packets.inputs.onlyMember.flatMap { dropped[$0] } ?? [])
                    }
                    leaving +=
                        verdict.map { carryOut($0, on: packets, rule.place, depth, &flow) }
                        ?? leaveOpen(packets, "a verdict in \(name)", rule.place, &flow)
                }
            case .unknown(let what):
                leaving = leaveOpen(matched, what, rule.place, &flow)
            }
            pending = pending.without(leaving)
            if pending.isEmpty { break }
        }
        return flow
    }

    /// - Returns: the packets that do not come to the chain's next rule.
    private mutating func carryOut(
        _ verdict: Verdict, on packets: [Pending], _ place: RulePlace, _ depth: Int,
        _ flow: inout Flow
    ) -> [Pending] {
        switch verdict {
        case .drop:
            flow.drops += packets.map {
                Drop(packets: $0.packets, place: place, doubt: $0.doubt)
            }
            return packets.filter { $0.doubt == nil }
        case .accept:
            flow.accepted += packets
            return packets
        case .return:
            return packets
        case .goto(let target), .jump(let target):
            // The kernel goes no deeper (NFT_JUMP_STACK_SIZE).
            guard depth < 16, reading.rules[target] != nil else {
                return leaveOpen(packets, "a jump to \(target)", place, &flow)
            }
            let inner = call(target, packets, depth)
            flow.drops += inner.drops
            flow.accepted += inner.accepted
            if case .goto = verdict { return packets }
            return inner.accepted
        }
    }

    /// Base chains go to the same chains with the same packets.
    private mutating func call(_ chain: String, _ packets: [Pending], _ depth: Int) -> Flow {
        guard depth == 0 else { return flow(of: packets, through: chain, depth: depth + 1) }
        let call = Call(chain: chain, packets: packets)
        if let known = flows[call] { return known }
        let flow = flow(of: packets, through: chain, depth: depth + 1)
        flows[call] = flow
        return flow
    }

    /// Packets with which anything can happen.
    private func leaveOpen(
        _ packets: [Pending], _ what: String, _ place: RulePlace, _ flow: inout Flow
    ) -> [Pending] {
        let doubtful = packets.map { Pending(packets: $0.packets, doubt: $0.doubt ?? what) }
        flow.drops += doubtful.map {
            Drop(packets: $0.packets, place: place, doubt: $0.doubt)
        }
        flow.accepted += doubtful
        return doubtful
    }

    // MARK: Rules

    private mutating func rules(of chain: String) -> [ResolvedRule] {
        if let known = chains[chain] { return known }
        let rules = (reading.rules[chain] ?? []).map { position, rule in
            ResolvedRule(
                rule, at: RulePlace(chain: chain, position: position), reading, space
            ) { resolve($0) }
        }
        chains[chain] = rules
        return rules
    }

    private mutating func resolve(_ lookup: LiftedRule.Lookup) -> ResolvedLookup? {
        if let known = lookups[lookup] { return known }
        let resolved = ResolvedLookup(lookup, reading, space)
        lookups[lookup] = .some(resolved)
        return resolved
    }
}
