// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Takes a rule apart into the cases in which it matches.
struct RuleReading<Directory: PeerDirectory> {
    let rule: Rule
    let endpoints: EndpointClass
    let directory: Directory

    /// The cases, without those that no packet can be; together they are the rule.
    var parts: [RulePart] {
        guard let conditions else { return [] }
        var parts = plainParts + namedDestinationParts
        // Of most rules this is all, and there are many.
        if rule.conditions == .none { return parts.filter { !$0.isNever } }
        let own = AddressPart.list(
            rule.conditions.own, isDestination: endpoints.direction == .ingress, directory)
        parts = parts.flatMap { part in own.map { part.meeting($0, .own) } }
        for part in parts.indices { parts[part].conditions.family = conditions.family }
        parts = parts.filter { !$0.isNever }.flatMap(withoutExceptedPorts)
        return parts.filter { !$0.isNever }.flatMap(withSourcePorts).filter { !$0.isNever }
    }

    /// The family as a condition, as far as the class has endpoints of another one; nil where it has
    /// none of this.
    private var conditions: RunConditions? {
        guard let family = rule.conditions.family else { return RunConditions.none }
        guard endpoints.families.contains(family) else { return nil }
        return RunConditions(family: endpoints.families == [family] ? nil : family)
    }

    // MARK: Destination ports

    /// The part of the rule for ports whose numbers are known without asking who the peer is.
    private var plainParts: [RulePart] {
        let space = rule.ports.space(namesOf: endpoints.direction == .ingress ? endpoints : nil)
        if space.isEmpty { return [] }
        return AddressPart.list(
            rule.peers, isDestination: endpoints.direction == .egress, directory
        ).map { RulePart().meeting($0, .peer).within(space) }
    }

    /// Whether the endpoint's own side of packets can be another endpoint's, which then gives names
    /// their numbers: a host endpoint judges what its node forwards (S82).
    private var isOwnSideOthers: Bool { endpoints.stage != .workload }

    /// On egress a named port splits the peers by the number that they give it; an address that is
    /// no endpoint's gives it none (S28).
    private var namedDestinationParts: [RulePart] {
        guard endpoints.direction == .egress else {
            return isOwnSideOthers ? namedParts(at: .own) : []
        }
        guard case .only(let matches) = rule.ports else { return [] }
        var parts: [RulePart] = []
        for case .named(let transport, let name) in matches {
            for candidate in NamedPortCandidate.list(rule.peers, directory) {
                let numbers = directory.numbers(
                    of: name, transport: transport, among: candidate.selector)
                for number in numbers {
                    let port = NamedPort(name: name, transport: transport, number: number)
                    let peer = EndpointPeer(
                        candidate.selector, port: port, within: candidate.within)
                    var part = RulePart(peers: MatchSet(endpoints: [peer]))
                    if let further = candidate.further { part = part.meeting(further, .peer) }
                    parts.append(part.within(TransportSpace(transport, number...number)))
                }
            }
        }
        return parts
    }

    /// The parts for names of ports of those at one side, whoever they are.
    private func namedParts(at side: RunConditions.Side) -> [RulePart] {
        let peers = AddressPart.list(rule.peers, isDestination: false, directory)
        return namedPeers(rule.ports).flatMap { named, space in
            peers.map { RulePart().meeting($0, .peer).demanding(side, named).within(space) }
        }
    }

    private func withoutExceptedPorts(_ part: RulePart) -> [RulePart] {
        let excepted = Ports.only(rule.conditions.exceptPorts)
        let isOwn = endpoints.direction == .ingress
        let rest = part.within(excepted.space(namesOf: isOwn ? endpoints : nil).complement)
        if isOwn, !isOwnSideOthers { return [rest] }
        return without(named: excepted, at: isOwn ? .own : .peer, rest)
    }

    // MARK: Source ports

    private func withSourcePorts(_ part: RulePart) -> [RulePart] {
        let conditions = rule.conditions
        let isOwn = endpoints.direction == .egress
        let namesOf = isOwn ? endpoints : nil
        let excepted = Ports.only(conditions.exceptSourcePorts)
        let left = excepted.space(namesOf: namesOf).complement
        var spaces = [(part, conditions.sourcePorts.space(namesOf: namesOf).intersection(left))]
        let side: RunConditions.Side = isOwn ? .own : .peer
        let areNamesOthers = !isOwn || isOwnSideOthers
        if areNamesOthers {
            for (named, space) in namedPeers(conditions.sourcePorts) {
                spaces.append((part.demanding(side, named), space.intersection(left)))
            }
        }
        return spaces.flatMap { part, space in
            areNamesOthers
                ? excludingNames(excepted, at: side, part, space) : part.sending(from: space)
        }
    }

    /// The packets from a space of source ports but for those to whose number whoever is at a side
    /// gives an excepted name.
    private func excludingNames(
        _ excepted: Ports, at side: RunConditions.Side, _ part: RulePart, _ space: TransportSpace
    ) -> [RulePart] {
        var parts: [RulePart] = []
        var rest = space
        for number in namedPeers(excepted) where !rest.intersection(number.space).isEmpty {
            let peers = namedPeers(excepted).filter { $0.space == number.space }
            let closed = peers.reduce(part) { $0.excluding(side, $1.peer) }
            parts += closed.sending(from: rest.intersection(number.space))
            rest = rest.subtracting(number.space)
        }
        return part.sending(from: rest) + parts
    }

    // MARK: Names

    /// The endpoints that give a name a number, with the number, for each name among the ports.
    private func namedPeers(_ ports: Ports) -> [(peer: MatchSet, space: TransportSpace)] {
        guard case .only(let matches) = ports else { return [] }
        var result: [(peer: MatchSet, space: TransportSpace)] = []
        for case .named(let transport, let name) in matches {
            let numbers = directory.numbers(
                of: name, transport: transport, among: .everyEndpoint)
            for number in numbers {
                let port = NamedPort(name: name, transport: transport, number: number)
                let peer = EndpointPeer(.everyEndpoint, port: port)
                result.append(
                    (MatchSet(endpoints: [peer]), TransportSpace(transport, number...number)))
            }
        }
        return result
    }

    /// The part but for packets to a port to whose number whoever is at a side gives an excepted name.
    private func without(
        named excepted: Ports, at side: RunConditions.Side, _ part: RulePart
    ) -> [RulePart] {
        let named = namedPeers(excepted)
        var parts: [RulePart] = []
        var rest = part
        for number in named where !rest.within(number.space).isNever {
            let closed = named.filter { $0.space == number.space }
                .reduce(rest.within(number.space)) { $0.excluding(side, $1.peer) }
            parts.append(closed)
            rest = rest.within(number.space.complement)
        }
        return [rest] + parts
    }
}

extension RulePart {
    /// The packets of this part one of whose addresses is in an address part.
    func meeting(_ part: AddressPart, _ side: RunConditions.Side) -> RulePart {
        demanding(side, part.members).excluding(side, part.excluded).within(part.scope)
    }
}

extension Ports {
    /// The ports whose numbers are known.
    ///
    /// - Parameter namesOf: the endpoints whose numbers names stand for (S27); nil where they are
    ///   others'.
    func space(namesOf endpoints: EndpointClass?) -> TransportSpace {
        guard case .only(let matches) = self else { return .everything }
        // All at once: to add one after the other would take quadratic time.
        var ranges: [IPProtocol: [ClosedRange<UInt16>]] = [:]
        for match in matches {
            switch match {
            case .every(let transport):
                ranges[transport, default: []].append(.min ... .max)
            case .numbers(let transport, let range):
                ranges[transport, default: []].append(range)
            case .named(let transport, let name):
                for own in endpoints?.namedPorts ?? []
                where own.name == name && own.transport == transport {
                    ranges[transport, default: []].append(own.number...own.number)
                }
            case .icmp(let transport, let type, let code):
                let low = UInt16(type) << 8 | UInt16(code ?? 0)
                let high = UInt16(type) << 8 | UInt16(code ?? .max)
                ranges[transport, default: []].append(low...high)
            }
        }
        return TransportSpace(ranges)
    }
}
