// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension ReferenceEvaluator {
    /// What settings say, before and besides policies.
    private var settings: EnforcementSettings {
        EnforcementSettings(state.configurations, node: localNode)
    }

    /// The say of a workload's own policies about a packet to its node; nil where the settings do
    /// not ask for it (S22).
    func judgeToHost(_ packet: PacketDescription) -> DirectionDecision? {
        guard let action = settings.endpointToHost, isLocalNode(packet.destination),
            isFromWorkload(packet)
        else { return nil }
        let decision = judgeByInterface(packet) ?? judge(packet, .egress)
        if decision.isAllowed, action == .drop {
            return .isolated(tier: "defaultEndpointToHostAction", by: [])
        }
        return decision
    }

    /// The workloads of the interface by which a packet comes, as far as they own an address.
    private func senders(_ packet: PacketDescription) -> [Endpoint] {
        guard let interface = packet.inputInterface else { return [] }
        return state.endpoints.filter { endpoint in
            endpoint.isPoliced && endpoint.node == localNode && endpoint.id.kind != .host
                && endpoint.particulars?.interface == interface
                && endpoint.addresses.contains { owner(of: $0)?.id == endpoint.id }
        }.sorted { $0.id < $1.id }
    }

    /// A packet from a workload's interface that bears neither an address of the workload nor one
    /// from which it may send besides (S50); nil for any other. Neighbours are discovered from
    /// link-local addresses, and from none.
    func forgery(_ packet: PacketDescription) -> DirectionDecision? {
        if isDiscovery(packet),
            packet.source == IPAddress("::")!
                || CIDR("fe80::/10")!.contains(packet.source)
        {
            return nil
        }
        let senders = senders(packet)
        let isRight = senders.contains { sender in
            sender.addresses.contains(packet.source) && owner(of: packet.source)?.id == sender.id
                || settings.allowsFurtherSources
                    && sender.particulars!.allowedSources.contains { $0.contains(packet.source) }
        }
        return senders.isEmpty || isRight
            ? nil : .isolated(tier: "sources of its interface", by: [])
    }

    /// What the policies of the workload at the interface say, where they deny: it may send from
    /// addresses that are nobody's (S50).
    func judgeByInterface(_ packet: PacketDescription) -> DirectionDecision? {
        guard let sender = senders(packet).first else { return nil }
        let decision = judge(packet, .egress, of: sender)
        return decision.isAllowed ? nil : decision
    }

    private func isLocalWorkload(_ address: IPAddress) -> Bool {
        guard let owner = owner(of: address) else { return false }
        return owner.node == localNode && owner.id.kind != .host
    }

    /// Whether a workload of this node sends the packet: it comes by a workload's interface, or bears
    /// the address of one whose interface is not known. What comes by the own interface of a host
    /// endpoint is no workload's.
    private func isFromWorkload(_ packet: PacketDescription) -> Bool {
        if isHostInterface(packet.inputInterface) { return false }
        if !senders(packet).isEmpty { return true }
        guard let owner = owner(of: packet.source), isLocalWorkload(packet.source) else {
            return false
        }
        return packet.inputInterface == nil || owner.particulars?.interface == nil
    }

    /// Whether a host endpoint has the interface's name, or expects an address that it has.
    private func isHostInterface(_ name: String?) -> Bool {
        guard let name else { return false }
        let node = state.nodes.first { $0.name == localNode }
        let addresses = node?.interfaces.first { $0.name == name }?.addresses ?? []
        return state.endpoints.contains { host in
            host.node == localNode && host.id.kind == .host
                && host.means(name, with: addresses)
        }
    }

    /// The say of the node's host endpoints about a packet; nil where none governs it.
    ///
    /// Policies without connections come first, those before translation follow, and the others are
    /// asked last. The first that denies decides; what one of the first two kinds allows by name has
    /// come in, and only where it is forwarded and leaves is it judged again.
    func hostDecision(_ packet: PacketDescription) -> DirectionDecision? {
        if !state.endpoints.contains(where: { $0.node == localNode && $0.id.kind == .host }) {
            return nil
        }
        if packet.inputInterface == "lo" || packet.outputInterface == "lo" { return nil }
        let isSent =
            isLocalNode(packet.source)
            || packet.inputInterface == nil && packet.outputInterface != nil
        let isReceived = isLocalNode(packet.destination)
        var latest: DirectionDecision?
        if !isSent {
            let arriving = packet.beforeTranslation
            latest = decision(arriving, .ingress, .untracked)
            if case .denied = latest { return latest }
            var isAdmitted = latest?.isByRule ?? false
            if !isAdmitted {
                latest = decision(arriving, .ingress, .beforeTranslation) ?? latest
                if case .denied = latest { return latest }
                isAdmitted = packet.hasConnection && latest?.isByRule ?? false
            }
            if isReceived {
                if isFromWorkload(packet), settings.endpointToHost != .proceed {
                    return .exempt(.node)
                }
                return isAdmitted ? latest : decision(packet, .ingress, .local) ?? latest
            }
            let entering = isAdmitted ? nil : decision(packet, .ingress, .forwardedToo)
            if let entering, !entering.isAllowed { return entering }
            return decision(packet, .egress, .forwardedToo) ?? entering ?? latest
        }
        latest = decision(packet, .egress, .untracked)
        if case .denied = latest { return latest }
        if latest?.isByRule ?? false { return latest }
        // What a node sends to its own workloads is never policed.
        if isLocalWorkload(packet.destination) { return .exempt(.node) }
        return decision(packet, .egress, .local) ?? latest
    }

    /// What the host endpoint at one side of the packet says of it with its policies about such
    /// traffic; nil where there is no such endpoint or it has nothing to say.
    private func decision(
        _ packet: PacketDescription, _ direction: Direction, _ traffic: HostTraffic
    ) -> DirectionDecision? {
        guard let host = hostEndpoint(packet, direction, traffic) else { return nil }
        if traffic != .forwardedToo, isFailsafe(packet, direction, traffic) {
            return .exempt(.failsafe)
        }
        if traffic == .local, isTunnel(packet, direction) { return .exempt(.tunnel) }
        let governing = state.policies.filter {
            $0.rules(direction) != nil && selects($0.subject, host)
                && ($0.hostTraffic == traffic
                    || traffic == .local && $0.hostTraffic == .forwardedToo)
        }
        if traffic != .local, governing.isEmpty { return nil }
        var judge = self
        if traffic != .forwardedToo { judge.governing = (host, .own(direction)) }
        for tier in tiers {
            let policies = governing.filter { $0.tier == tier.name }.sorted { $0.precedes($1) }
            if policies.isEmpty { continue }
            switch judge.firstDecision(of: policies, packet, direction) {
            case .allow(let rule): return .allowed(by: rule)
            case .deny(let rule): return .denied(by: rule)
            case .pass: continue
            case nil: break
            }
            if traffic == .untracked || traffic == .beforeTranslation { continue }
            if tier.defaultAction == .deny {
                return .isolated(tier: tier.name, by: policies.map(\.id))
            }
        }
        if traffic != .local { return .passed }
        switch judge.firstDecision(of: profiles(of: host) ?? [], packet, direction) {
        case .allow(let rule): return .allowed(by: rule)
        case .deny(let rule): return .denied(by: rule)
        case .pass, nil: return .isolated(tier: Profile.tier.name, by: [])
        }
    }

    /// A port that no policy can close. Where connections are not known, answers count too.
    private func isFailsafe(
        _ packet: PacketDescription, _ direction: Direction, _ traffic: HostTraffic
    ) -> Bool {
        func meets(_ ports: [EnforcementSettings.FailsafePort], _ port: UInt16?) -> Bool {
            ports.contains {
                $0.transport == packet.transport && $0.number == port
                    && ($0.network?.contains(packet.peer(direction)) ?? true)
            }
        }
        let (own, other) =
            direction == .ingress
            ? (settings.failsafeInbound, settings.failsafeOutbound)
            : (settings.failsafeOutbound, settings.failsafeInbound)
        return meets(own, packet.destinationPort)
            || traffic == .untracked && meets(other, packet.sourcePort)
    }

    /// A packet of a tunnel between nodes, which no policy can close (S89). What leaves has to bear the
    /// node's own address.
    private func isTunnel(_ packet: PacketDescription, _ direction: Direction) -> Bool {
        let tunnels = settings.tunnels
        let family = packet.source.family
        if direction == .egress, !isLocalNode(packet.source) { return false }
        let isNodes = state.nodes.contains { $0.addresses.contains(packet.peer(direction)) }
        switch packet.transport {
        case .ipip: return family == .ipv4 && tunnels.ipip && isNodes
        case .udp:
            let isVXLAN =
                tunnels.vxlan.contains(family) && packet.destinationPort == tunnels.vxlanPort
            return isVXLAN && isNodes
                || tunnels.wireguard[family].map { $0 == packet.destinationPort } ?? false
        default: return false
        }
    }

    /// The host endpoint that governs the interface: of those that have its name, and those that have
    /// no name and expect an address which it has, the first by name; else one for every interface.
    /// Where the node's interfaces are not known, an expected address in the packet counts instead,
    /// but not of forwarded ones.
    func hostEndpoint(
        _ packet: PacketDescription, _ direction: Direction, _ traffic: HostTraffic
    ) -> Endpoint? {
        let hosts = state.endpoints.filter { $0.node == localNode && $0.id.kind == .host }
            .sorted { $0.id < $1.id }
        let interface = direction == .ingress ? packet.inputInterface : packet.outputInterface
        if let interface {
            let known = state.nodes.first { $0.name == localNode }?.interfaces ?? []
            let addresses = known.first { $0.name == interface }?.addresses ?? []
            if let owner = hosts.first(where: { $0.means(interface, with: addresses) }) {
                return owner
            }
            let address = packet.subject(direction)
            if known.isEmpty, traffic != .forwardedToo,
                let host = hosts.first(where: {
                    $0.particulars?.interface == nil && $0.addresses.contains(address)
                })
            {
                return host
            }
        }
        if direction == .ingress ? isFromWorkload(packet) : isLocalWorkload(packet.destination) {
            return nil
        }
        return hosts.first { $0.particulars?.interface == EndpointParticulars.everyInterface }
    }
}

extension Endpoint {
    /// Whether a host endpoint has the interface's name, or, without a name of its own, expects one
    /// of the interface's addresses.
    fileprivate func means(_ interface: String, with addresses: [IPAddress]) -> Bool {
        if let name = particulars?.interface { return name == interface }
        return self.addresses.contains(where: addresses.contains)
    }
}

extension PacketDescription {
    /// The packet as it came in.
    fileprivate var beforeTranslation: PacketDescription {
        guard let original else { return self }
        var packet = self
        packet.destination = original.address
        packet.destinationPort = original.port
        return packet
    }
}

extension DirectionDecision {
    /// Whether a rule allows the packet in so many words.
    fileprivate var isByRule: Bool {
        if case .allowed = self { true } else { false }
    }
}
