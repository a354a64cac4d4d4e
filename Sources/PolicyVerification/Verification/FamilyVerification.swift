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
    /// Whether host endpoints or settings have a say about the node's own packets.
    private let hasHosts: Bool
    /// The classes of the addresses from which may be sent by each interface of a workload.
    private let allowed: [(interface: BitSet, sources: BitSet)]

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
        hasHosts = policies.hosts.isNeeded
        allowed = policies.guards.map { [space] guarded in
            (
                space.interfaces.members(of: guarded.interface),
                space.addresses.members(of: guarded.own)
                    .union(space.addresses.members(of: guarded.further))
            )
        }
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

    /// What is not known about the policies themselves.
    var doubts: [String] { denied.doubts }

    /// Everything on which they do not agree: for each rule that drops and for each reason to deny
    /// at most one set of packets.
    mutating func findings() -> Findings {
        var findings = Findings()
        let denials = denied.all()
        // What shows on one way need not be told of another.
        var dropping: Set<RulePlace> = []
        var doubtful: Set<RulePlace> = []
        var explained: Set<Reason> = []
        for journey in Journey.allCases {
            let packets = packets(on: journey)
            let denials = denials.filter { $0.journeys.contains(journey) }
            let allowed = CubeIndex(denials.map(\.packets))
            let drops = journey.hooks.flatMap { self.drops(at: $0, on: journey, packets) }
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
            let possible = CubeIndex(drops.map(\.packets))
            for denial in denials {
                let reason = Reason(denial)
                if explained.contains(reason) { continue }
                let meant = packets.lazy.compactMap { $0.intersection(denial.packets) }
                guard let rest = meant.compactMap({ possible.rest(of: $0).first }).first
                else { continue }
                explained.insert(reason)
                findings.passed.append((rest, denial, journey))
            }
        }
        return findings
    }

    /// What is dropped at a hook. Where a packet comes to it, not every interface is known.
    private mutating func drops(at hook: Hook, on journey: Journey, _ packets: [PacketCube])
        -> [LiftedTable<Bits>.Drop]
    {
        let everything = BitSet.full(space: space.interfaces.count)
        switch hook {
        case .prerouting, .input:
            let arriving = packets.map { packets in
                var packets = packets
                packets.outputs = space.interfaces.absent
                return packets
            }
            return lifted.drops(at: hook, arriving).map { drop in
                var drop = drop
                drop.packets.outputs = journey.outputs(space.interfaces)
                return drop
            }
        case .postrouting:
            // Kernels differ in whether they tell here by which interface a packet came.
            let leaving = packets.map { packets in
                var packets = packets
                packets.inputs = everything
                return packets
            }
            return lifted.drops(at: hook, leaving).map { drop in
                var drop = drop
                if drop.packets.inputs != everything {
                    drop.doubt = drop.doubt ?? "an interface by which packets came, at postrouting"
                }
                drop.packets.inputs = journey.inputs(space.interfaces)
                return drop
            }
        case .forward, .output:
            return lifted.drops(at: hook, packets)
        }
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
            if journey == .sent { packets += own }
        case .received:
            packets += received
        }
        if journey == .forwarded { packets += forgedOwn(to: denied.domain.destinations) }
        return packets.map { packets in
            var packets = packets
            packets.inputs = packets.inputs.intersection(journey.inputs(space.interfaces))
            packets.outputs = packets.outputs.intersection(journey.outputs(space.interfaces))
            return packets
        }.filter { !$0.isEmpty }
    }

    /// What the node itself sends. To its own addresses it talks by the loopback interface.
    private var own: [PacketCube] {
        let everything = space.everything(Circumstances(states: .every, isFromThisNode: true))
        if !hasHosts { return [everything] }
        var loopback = everything
        loopback.outputs = self.loopback
        return [loopback]
            + everything.trackedAsIs(space).map { packets in
                var packets = packets
                packets.destinations.subtract(node)
                packets.outputs.subtract(self.loopback)
                return packets
            }
    }

    /// What comes for the node itself. Only by the loopback interface, or forged, does it bear one of
    /// the node's own addresses.
    private var received: [PacketCube] {
        if !hasHosts { return [space.everything(.all)] }
        var loopback = space.everything(.all)
        loopback.inputs = self.loopback
        let others = space.everything(Circumstances(states: .every, isFromThisNode: false))
        return [loopback]
            + others.trackedAsIs(space).map { packets in
                var packets = packets
                packets.sources.subtract(node)
                packets.inputs.subtract(self.loopback)
                return packets
            } + forgedOwn(to: .full(space: space.addresses.count))
    }

    private var loopback: BitSet {
        BitSet([space.interfaces.loopback], space: space.interfaces.count)
    }

    /// Packets by a workload's interface that bear the node's own address, and must not.
    private func forgedOwn(to destinations: BitSet) -> [PacketCube] {
        allowed.map { interface, sources in
            var packets = PacketCube(
                space.everything(.all), from: node.subtracting(sources), to: destinations)
            packets.inputs = interface
            packets.transports.subtract(space.discovery)
            return packets
        }
    }
}

extension PacketCube {
    /// The packets in the states that connection tracking gives them: discovery it leaves alone.
    fileprivate func trackedAsIs<Bits: AddressBits>(_ space: PacketSpace<Bits>) -> [PacketCube] {
        var tracked = self
        tracked.transports.subtract(space.discovery)
        var discovery = self
        discovery.transports = discovery.transports.intersection(space.discovery)
        discovery.circumstances.subtract(
            [true, false].reduce(into: Circumstances()) {
                $0.formUnion(Circumstances(states: [.new, .invalid], isFromThisNode: $1))
            })
        return [tracked, discovery]
    }
}

extension Journey {
    /// The classes of the interfaces by which packets on this way come.
    fileprivate func inputs(_ interfaces: InterfaceClasses) -> BitSet {
        switch self {
        case .forwarded: interfaces.others
        case .sent: interfaces.absent
        case .received: interfaces.present
        }
    }

    /// The classes of the interfaces by which packets on this way leave.
    fileprivate func outputs(_ interfaces: InterfaceClasses) -> BitSet {
        switch self {
        case .forwarded: interfaces.others
        case .sent: interfaces.present
        case .received: interfaces.absent
        }
    }
}

extension InterfaceClasses {
    /// Those that lead to others: nothing is forwarded by the interface by which a node talks to
    /// itself.
    fileprivate var others: BitSet {
        present.subtracting(BitSet([loopback], space: count))
    }
}
