// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The judge: what the policies' documentation says about a packet, worked out one packet at a
/// time.
///
/// It is written to be compared with the documentation by eye, so it is naive on purpose: it
/// searches lists, keeps nothing between packets and shares no code with the compiler that it
/// judges.
///
/// - Complexity: O(endpoints + policies × rules) for each packet.
public struct ReferenceEvaluator: Sendable {
    let state: ClusterState
    let localNode: String
    /// A host endpoint whose policies are asked, and the side of packets at which it is: there it gives
    /// names of ports their numbers too.
    var governing: (host: Endpoint, end: PacketEnd)?

    /// - Parameters:
    ///   - state: the whole cluster.
    ///   - localNode: the name of the node that forwards the packets. Only its endpoints are
    ///     subjects here; peers may be anywhere.
    public init(_ state: ClusterState, localNode: String) {
        self.state = state
        self.localNode = localNode
    }

    /// Whether the node forwards the first packet of a connection, and why.
    ///
    /// The two directions are independent, and both must allow (S2, S53).
    public func verdict(_ packet: PacketDescription) -> Decision {
        if let forgery = forgery(packet) { return Decision(egress: forgery, ingress: .notSubject) }
        if isDiscovery(packet) {
            return Decision(
                egress: .exempt(.neighbourDiscovery), ingress: .exempt(.neighbourDiscovery))
        }
        if isLocalNode(packet.source) || isLocalNode(packet.destination) {
            let egress = judgeToHost(packet) ?? .exempt(.node)
            return Decision(
                egress: egress, ingress: .exempt(.node), host: hostDecision(packet))
        }
        return Decision(
            egress: judgeByInterface(packet) ?? judge(packet, .egress),
            ingress: judge(packet, .ingress),
            host: hostDecision(packet))
    }

    /// Packets that no policy may stop, not even one that denies them in so many words.
    func exemption(_ packet: PacketDescription) -> Exemption? {
        if isDiscovery(packet) { return .neighbourDiscovery }
        if isLocalNode(packet.source) || isLocalNode(packet.destination) { return .node }
        return nil
    }

    /// Neighbour discovery and listener discovery, without which IPv6 does not work (S44).
    func isDiscovery(_ packet: PacketDescription) -> Bool {
        guard packet.source.family == .ipv6, packet.transport == .icmpv6,
            let type = packet.icmpType
        else { return false }
        return (130...136).contains(type) || type == 143
    }

    /// Any of the node's own addresses, in either family (S22); never another node's (S48).
    func isLocalNode(_ address: IPAddress) -> Bool {
        state.nodes.contains { node in
            node.name == localNode
                && (node.addresses.contains(address)
                    || node.interfaces.contains { $0.addresses.contains(address) })
        }
    }

    /// Asks the tiers in order about one side of a packet.
    func judge(_ packet: PacketDescription, _ direction: Direction) -> DirectionDecision {
        guard let subject = owner(of: packet.subject(direction)), subject.node == localNode,
            subject.id.kind != .host
        else { return .notSubject }
        return judge(packet, direction, of: subject)
    }

    /// Asks the tiers in order about one side of a packet, whose endpoint this is.
    func judge(
        _ packet: PacketDescription, _ direction: Direction, of subject: Endpoint
    ) -> DirectionDecision {
        let profiles = profiles(of: subject)
        let governing =
            state.policies.filter { $0.rules(direction) != nil && selects($0.subject, subject) }
            + (profiles ?? [])
        if governing.isEmpty, profiles == nil { return .unselected }
        for tier in tiers + (profiles == nil ? [] : [Profile.tier]) {
            let policies = governing.filter { $0.tier == tier.name }.sorted { $0.precedes($1) }
            if policies.isEmpty, tier != Profile.tier { continue }
            switch firstDecision(of: policies, packet, direction) {
            case .allow(let rule): return .allowed(by: rule)
            case .deny(let rule): return .denied(by: rule)
            case .pass: continue
            case nil: break
            }
            switch tier.defaultAction {
            case .pass: continue
            case .deny where isToItself(packet) && owner(of: packet.source) == subject:
                return .exempt(.ownAddress)
            case .deny: return .isolated(tier: tier.name, by: policies.map(\.id))
            }
        }
        return .passed
    }

    /// The profiles that decide behind the tiers, as policies in the order in which they are asked;
    /// nil where the endpoint names none itself and so everything passes that the tiers let pass. A
    /// profile that does not exist closes the endpoint.
    func profiles(of endpoint: Endpoint) -> [Policy]? {
        guard endpoint.id.kind != .pod || endpoint.particulars?.profiles != nil else {
            return impliedProfiles(of: endpoint)
        }
        return profiles(named: endpoint.particulars?.profiles ?? [])
    }

    private func profiles(named names: [String]) -> [Policy] {
        var policies: [Policy] = []
        for (position, name) in names.enumerated() {
            let known = state.profiles.first { $0.name == name } ?? Profile.implied(name)
            guard let known else {
                let closed = Profile(name: name, ingress: [Rule(.deny)], egress: [Rule(.deny)])
                return policies + [closed.asPolicy(at: position)]
            }
            policies.append(known.asPolicy(at: position))
        }
        return policies
    }

    /// Those of a pod that names none: of its namespace and its account. Where no object gives them
    /// other rules they allow everything, which is as good as none.
    private func impliedProfiles(of pod: Endpoint) -> [Policy]? {
        let names =
            [Profile.name(ofNamespace: pod.id.namespace)]
            + (pod.serviceAccountID.map { [Profile.name(of: $0)] } ?? [])
        if !state.profiles.contains(where: { names.contains($0.name) }) { return nil }
        return profiles(named: names)
    }

    /// What ends the asking of a tier.
    enum RuleDecision {
        case allow(RuleReference)
        case deny(RuleReference)
        case pass
    }

    /// What the first matching rule says that does not merely log; nil if there is none.
    func firstDecision(
        of policies: [Policy], _ packet: PacketDescription, _ direction: Direction
    ) -> RuleDecision? {
        for policy in policies {
            for (index, rule) in (policy.rules(direction) ?? []).enumerated()
            where matches(rule, packet, direction) {
                let place = RuleReference(policy: policy.id, direction: direction, index: index)
                switch rule.action {
                case .allow: return .allow(place)
                case .deny: return .deny(place)
                case .pass: return .pass
                case .log: continue
                }
            }
        }
        return nil
    }

    /// The tiers in the order in which they are asked.
    ///
    /// A policy may name a tier that does not exist, or not yet. Such a tier is asked after all
    /// others and denies by default: an incomplete state fails closed.
    var tiers: [Tier] {
        let known = Set(state.tiers.map(\.name))
        let missing = Set(state.policies.map(\.tier)).subtracting(known).sorted()
        return state.tiers.sorted()
            + missing.map { Tier(name: $0, order: .infinity, defaultAction: .deny) }
    }

    /// Whether an endpoint talks to itself: both addresses are its own. Isolation spares such a
    /// packet, also when it comes back through a Service (S23, S24); a rule that denies does not.
    func isToItself(_ packet: PacketDescription) -> Bool {
        guard let source = owner(of: packet.source) else { return false }
        return source == owner(of: packet.destination)
    }
}
