// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyModel

/// Compares a ruleset with the policies for every packet of one family.
struct FamilyVerification<Bits: AddressBits> {
    let space: PacketSpace<Bits>
    /// The endpoints of the node that policies govern.
    let subjects: Int
    /// The classes of endpoints' addresses.
    let endpoints: BitSet
    /// The classes of the node's own addresses.
    let node: BitSet
    /// What was compared, for single changes afterwards.
    let proof: FamilyProof<Bits>
    private var lifted: LiftedTable<Bits>
    private var denied: DeniedPackets<Bits>

    init(_ state: ClusterState, localNode: String, _ table: Table) {
        var builder = PacketSpace<Bits>.Builder()
        let rules = TableReading(table, &builder)
        let policies = PolicyReading(state, localNode: localNode, &builder)
        space = builder.build()
        subjects = policies.subjects.count
        node = space.addresses.members(of: policies.nodeTrait)
        endpoints = BitSet(
            policies.peers.values.joined().flatMap { [space] in
                space.addresses.classes(of: $0.trait)
            }, space: space.addresses.count)
        proof = FamilyProof(space.addresses, rules, policies, localNode: localNode)
        lifted = LiftedTable(rules, space)
        denied = DeniedPackets(policies, space)
    }

    /// What ruleset and policies do not agree on.
    struct Findings {
        /// Packets that the policies deny and the ruleset lets pass.
        var passed: [(packets: PacketCube, reason: DeniedPackets<Bits>.Denial, journey: Journey)] =
            []
        /// Packets that the policies allow and the ruleset drops.
        var dropped: [(packets: PacketCube, place: RulePlace, journey: Journey)] = []
        /// Packets whose fate nobody knows.
        var doubtful: [(packets: PacketCube, place: RulePlace, doubt: String, journey: Journey)] =
            []
    }

    /// Everything on which they do not agree: for each rule that drops and for each reason to deny
    /// at most one set of packets.
    mutating func findings() -> Findings {
        var findings = Findings()
        let denials = denied.all()
        let allowed = CubeIndex(denials.map(\.packets))
        // What shows on one way need not be told of another.
        var dropping: Set<RulePlace> = []
        var doubtful: Set<RulePlace> = []
        var explained: Set<Reason> = []
        for journey in Journey.allCases {
            let packets = packets(on: journey)
            let drops = journey.hooks.flatMap { lifted.drops(at: $0, packets) }
            let certain = drops.filter { $0.doubt == nil }
            let certainIndex = CubeIndex(certain.map(\.packets))
            for drop in certain where !dropping.contains(drop.place) {
                guard let rest = allowed.rest(of: drop.packets).first else { continue }
                dropping.insert(drop.place)
                findings.dropped.append((rest, drop.place, journey))
            }
            for drop in drops where drop.doubt != nil && !doubtful.contains(drop.place) {
                guard let rest = certainIndex.rest(of: drop.packets).first else { continue }
                doubtful.insert(drop.place)
                findings.doubtful.append((rest, drop.place, drop.doubt!, journey))
            }
            if journey == .received { continue }
            let possible = CubeIndex(drops.map(\.packets))
            for denial in denials {
                let reason = Reason(denial)
                if explained.contains(reason) { continue }
                guard let rest = possible.rest(of: denial.packets).first else { continue }
                explained.insert(reason)
                findings.passed.append((rest, denial, journey))
            }
        }
        return findings
    }

    private struct Reason: Hashable {
        var endpoint: EndpointID
        var decision: DirectionDecision

        init(_ denial: DeniedPackets<Bits>.Denial) {
            endpoint = denial.endpoint
            decision = denial.reason
        }
    }

    /// All packets that can be on such a way. Connection tracking leaves discovery, and only it and
    /// what somebody says, untracked.
    private func packets(on journey: Journey) -> [PacketCube] {
        var packets: [PacketCube] = []
        switch journey {
        case .forwarded, .sent:
            var judged = denied.domain
            packets.append(judged)
            judged.circumstances = Circumstances(states: .untracked, isFromThisNode: false)
            judged.transports = space.discovery
            packets.append(judged)
            judged.circumstances = Circumstances(
                states: [.established, .related], isFromThisNode: false)
            judged.transports = .full(space: space.transports.count)
            packets.append(judged)
            if journey == .sent {
                packets.append(
                    space.everything(Circumstances(states: .every, isFromThisNode: true)))
            }
        case .received:
            packets.append(space.everything(.all))
        }
        return packets.filter { !$0.isEmpty }
    }
}
