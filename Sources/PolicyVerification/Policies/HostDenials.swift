// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What host endpoints deny, and what settings deny of what workloads send to their own node.
extension DeniedPackets {
    /// All of it.
    mutating func hostDenials() -> [Denial] {
        guard reading.hosts.isNeeded else { return [] }
        var denials = endpointsToHost()
        for host in reading.hosts.hosts {
            denials += self.denials(of: host, .ingress, .beforeTranslation)
            denials += self.denials(of: host, .ingress, .local)
            denials += self.denials(of: host, .egress, .local)
            denials += self.denials(of: host, .ingress, .forwardedToo)
            denials += self.denials(of: host, .egress, .forwardedToo)
        }
        return denials
    }

    /// What the proof does not cover of this node's host endpoints.
    var hostDoubts: [String] {
        var doubts: [String] = []
        for host in reading.hosts.hosts {
            for direction in Direction.allCases {
                let policies = host.stack(direction).policies
                    .map { reading.governance.policies[$0] }
                if policies.contains(where: { $0.hostTraffic == .untracked }) {
                    doubts.append(
                        "policies without connections (doNotTrack) of host endpoint "
                            + host.endpoint.id.name)
                }
                let rules = policies.flatMap { $0.rules(direction) ?? [] }
                let asksName = rules.contains { rule in
                    rule.everyPort(at: .own(direction)).contains {
                        if case .named = $0 { true } else { false }
                    }
                }
                if asksName {
                    doubts.append(
                        "names of ports at the side of host endpoint \(host.endpoint.id.name)")
                }
            }
        }
        return doubts
    }

    // MARK: From workloads to their node

    /// The classes of the interfaces that are host endpoints' own.
    private var hostInterfaces: BitSet {
        reading.hosts.interfaces.reduce(BitSet(space: space.interfaces.count)) {
            $0.union(space.interfaces.members(of: $1))
        }
    }

    /// The interface by which a node talks to itself is never policed.
    private var loopback: BitSet {
        BitSet([space.interfaces.loopback], space: space.interfaces.count)
    }

    /// What comes from workloads, whatever it goes to: by their interfaces, or from the addresses of
    /// those whose interfaces are not known. What comes by a host endpoint's own interface is no
    /// workload's.
    private var fromWorkloads: [PacketCube] {
        var placed = space.everything(.judged)
        placed.inputs = workloadInterfaces.subtracting(hostInterfaces).subtracting(loopback)
        var others = space.everything(.judged)
        others.inputs = space.interfaces.present.subtracting(hostInterfaces)
            .subtracting(loopback)
        others.sources = space.addresses.members(of: reading.hosts.workloads)
            .subtracting(space.addresses.members(of: reading.hosts.placed))
            .intersection(domain.sources)
        return [placed, others].map { packets in
            var packets = packets
            packets.transports = domain.transports
            return packets
        }.filter { !$0.isEmpty }
    }

    private var workloadInterfaces: BitSet {
        reading.guards.reduce(BitSet(space: space.interfaces.count)) {
            $0.union(space.interfaces.members(of: $1.interface))
        }
    }

    /// What the workloads' own policies, or the settings, deny of what they send to their node.
    private mutating func endpointsToHost() -> [Denial] {
        guard let action = reading.hosts.settings.endpointToHost else { return [] }
        let toHost = fromWorkloads
        var whole = PolicyRegions(
            reading, space, peers: BitSet.full(space: space.addresses.count))
        var result: [Denial] = []
        for subject in reading.subjects {
            let own = space.addresses.members(of: subject.trait).intersection(domain.sources)
            if own.isEmpty || subject.egress.isEmpty { continue }
            result += denials(
                toHost, of: subject.endpoint, subject.egress, own: own, &whole)
        }
        for guarded in reading.guards where !guarded.egress.isEmpty {
            // What it may send from addresses that are not its own (S50).
            let further = space.addresses.members(of: guarded.further)
                .union(space.addresses.members(of: guarded.own))
                .subtracting(space.addresses.members(of: guarded.senderOwn))
            let input = space.interfaces.members(of: guarded.interface)
            let packets = toHost.map { packets in
                var packets = packets
                packets.inputs = packets.inputs.intersection(input)
                return packets
            }
            result += denials(
                packets, of: guarded.sender, guarded.egress, own: further, &whole)
        }
        if action == .drop {
            result += toHost.map {
                Denial(
                    packets: $0,
                    reason: .isolated(tier: "defaultEndpointToHostAction", by: []),
                    endpoint: EndpointID(namespace: "", name: ""), journeys: [.received])
            }
        }
        return result
    }

    /// What a workload's policies deny of some packets to its node. Endpoints reach themselves unless
    /// a rule denies it (S23).
    private func denials(
        _ toHost: [PacketCube], of endpoint: Endpoint, _ egress: PolicyStack, own: BitSet,
        _ whole: inout PolicyRegions<Bits>
    ) -> [Denial] {
        var result: [Denial] = []
        for (judged, part) in whole.subjects(endpoint, .egress, egress, own: own) {
            for outcome in whole.outcomes(of: judged) where outcome.isAllowed == false {
                for region in outcome.regions {
                    for var packets in toHost {
                        packets.sources = part.intersection(packets.sources)
                        packets.destinations = region.peers
                        packets.transports = region.transports
                        var denied = [packets].filter { !$0.isEmpty }
                        if case .isolated = outcome.reason {
                            denied = denied.subtracting(toThemselves(packets))
                        }
                        result += denied.map {
                            Denial(
                                packets: $0, reason: outcome.denial, endpoint: endpoint.id,
                                journeys: [.received])
                        }
                    }
                }
            }
        }
        return result
    }

    /// Those of some packets that endpoints of the node send to themselves.
    private func toThemselves(_ packets: PacketCube) -> [PacketCube] {
        reading.subjects.map { space.addresses.members(of: $0.trait) }
            .filter { $0.intersects(packets.sources) && $0.intersects(packets.destinations) }
            .map { PacketCube(packets, from: $0, to: $0) }
    }

    // MARK: Host endpoints

    /// What a host endpoint denies in one direction of one kind of traffic.
    private mutating func denials(
        of host: HostReading<Bits>.Host, _ direction: Direction, _ traffic: HostTraffic
    ) -> [Denial] {
        let stack = stack(of: host, direction, traffic)
        if stack.isEmpty { return [] }
        var places = self.places(of: host, direction, traffic)
        var spared: [PeerRegion] = []
        if traffic != .forwardedToo { spared = failsafes(direction) }
        if direction == .ingress, traffic != .beforeTranslation {
            places = places.subtracting(admitted(by: host))
        }
        if traffic == .local { places = places.subtracting(tunnels(direction)) }
        var result: [Denial] = []
        let everybody = BitSet.full(space: space.addresses.count)
        for (judged, part) in regions.subjects(host.endpoint, direction, stack, own: everybody) {
            for outcome in regions.outcomes(of: judged) where outcome.isAllowed == false {
                for region in outcome.regions.subtracting(spared) where !region.isEmpty {
                    for place in places {
                        var packets = place
                        packets.transports = packets.transports.intersection(region.transports)
                        switch direction {
                        case .ingress:
                            packets.destinations = packets.destinations.intersection(part)
                            packets.sources = packets.sources.intersection(region.peers)
                        case .egress:
                            packets.sources = packets.sources.intersection(part)
                            packets.destinations =
                                packets.destinations.intersection(region.peers)
                        }
                        if packets.isEmpty { continue }
                        result.append(
                            Denial(
                                packets: packets, reason: outcome.denial,
                                endpoint: host.endpoint.id,
                                journeys: traffic.journeys(direction)))
                    }
                }
            }
        }
        return result
    }

    /// Those of a host endpoint's policies that are about some traffic. Behind the tiers profiles
    /// decide about the node's own packets alone.
    private func stack(
        of host: HostReading<Bits>.Host, _ direction: Direction, _ traffic: HostTraffic
    ) -> PolicyStack {
        var stack = PolicyStack()
        for level in host.stack(direction).levels {
            if level.tier == Profile.tier.name {
                if traffic == .local { stack.levels.append(level) }
                continue
            }
            let policies = level.policies.filter { position in
                let kind = reading.governance.policies[position].hostTraffic
                return kind == traffic || traffic == .local && kind == .forwardedToo
            }
            if policies.isEmpty { continue }
            stack.levels.append(
                .init(
                    tier: level.tier,
                    defaultAction: traffic == .beforeTranslation ? .pass : level.defaultAction,
                    policies: policies))
        }
        return stack
    }

    /// The packets that a host endpoint governs.
    private func places(
        of host: HostReading<Bits>.Host, _ direction: Direction, _ traffic: HostTraffic
    ) -> [PacketCube] {
        var packets = space.everything(.judged)
        packets.transports = domain.transports
        var interfaces = space.interfaces.present.subtracting(loopback)
        var own = BitSet.full(space: space.addresses.count)
        var peers = own
        switch host.place {
        case .interfaces(let names):
            interfaces = names.reduce(BitSet(space: space.interfaces.count)) {
                $0.union(space.interfaces.members(of: $1))
            }
        case .addresses(let trait):
            if traffic == .forwardedToo { return [] }
            interfaces.subtract(hostInterfaces)
            own = space.addresses.members(of: trait)
        case .everyInterface:
            interfaces.subtract(hostInterfaces)
            if traffic != .forwardedToo {
                for trait in reading.hosts.expected {
                    own.subtract(space.addresses.members(of: trait))
                }
            }
            if direction == .egress {
                peers.subtract(space.addresses.members(of: reading.hosts.workloads))
            }
        }
        switch direction {
        case .ingress:
            packets.inputs = interfaces
            packets.destinations = own
            packets.sources = peers
        case .egress:
            packets.outputs = interfaces
            packets.sources = own
            packets.destinations = peers
        }
        if direction == .ingress {
            // What workloads send to their node is not asked again, unless the settings say so.
            let isSpared = traffic == .local && reading.hosts.settings.endpointToHost != .proceed
            return host.place.isEveryInterface || isSpared
                ? [packets].subtracting(fromWorkloads) : [packets]
        }
        if traffic == .local {
            // What leaves the node without being forwarded. That to its own workloads is never
            // policed (S22).
            packets.circumstances = [true, false].reduce(into: Circumstances()) {
                $0.formUnion(
                    Circumstances(states: [.new, .invalid, .untracked], isFromThisNode: $1))
            }
            packets.destinations.subtract(space.addresses.members(of: reading.hosts.workloads))
        }
        return [packets]
    }

    /// What policies that judge before translation let in by name: policies about what comes in are
    /// asked of it no more. Packets that belong to no connection cannot be known again.
    private mutating func admitted(by host: HostReading<Bits>.Host) -> [PacketCube] {
        let stack = stack(of: host, .ingress, .beforeTranslation)
        if stack.isEmpty { return [] }
        let places = self.places(of: host, .ingress, .beforeTranslation)
        let spared = failsafes(.ingress)
        var result: [PacketCube] = []
        let everybody = BitSet.full(space: space.addresses.count)
        for (judged, part) in regions.subjects(host.endpoint, .ingress, stack, own: everybody) {
            for outcome in regions.outcomes(of: judged) {
                guard case .rule(_, .allow) = outcome.reason else { continue }
                for region in outcome.regions.subtracting(spared) {
                    for var packets in places {
                        packets.transports = packets.transports.intersection(region.transports)
                        packets.destinations = packets.destinations.intersection(part)
                        packets.sources = packets.sources.intersection(region.peers)
                        packets.circumstances.formIntersection(
                            Circumstances(states: .new, isFromThisNode: false))
                        if !packets.isEmpty { result.append(packets) }
                    }
                }
            }
        }
        return result
    }

    /// The packets of tunnels between nodes (S89). What leaves has to bear the node's own address.
    private func tunnels(_ direction: Direction) -> [PacketCube] {
        reading.hosts.tunnels.map { tunnel in
            var packets = space.everything(
                Circumstances(states: .every, isFromThisNode: direction == .egress))
            packets.transports = space.transports.atoms(where: tunnel.packets)
            guard tunnel.asksNodes else { return packets }
            let nodes = space.addresses.members(of: reading.hosts.nodes)
            if direction == .ingress {
                packets.sources = nodes
            } else {
                packets.destinations = nodes
            }
            return packets
        }
    }

    /// The packets of failsafe ports.
    private func failsafes(_ direction: Direction) -> [PeerRegion] {
        let settings = reading.hosts.settings
        let ports = direction == .ingress ? settings.failsafeInbound : settings.failsafeOutbound
        return ports.map { port in
            PeerRegion(
                peers: port.network.map {
                    space.addresses.members(of: reading.hosts.blocks[$0]!)
                } ?? .full(space: space.addresses.count),
                transports: space.transports.atoms(
                    where: .init(port.transport, port.number...port.number, at: .destination)))
        }
    }
}

extension HostTraffic {
    /// The ways on which such traffic is judged.
    fileprivate func journeys(_ direction: Direction) -> Set<Journey> {
        switch self {
        case .local: direction == .ingress ? [.received] : [.sent]
        case .forwardedToo: [.forwarded]
        case .beforeTranslation, .untracked: [.forwarded, .received]
        }
    }
}

extension PolicyOutcome {
    /// Why packets are denied.
    fileprivate var denial: DirectionDecision {
        switch reason {
        case .rule(let place, _): .denied(by: place)
        case .isolated(let tier, let policies): .isolated(tier: tier, by: policies)
        case .passed: .passed
        }
    }
}
