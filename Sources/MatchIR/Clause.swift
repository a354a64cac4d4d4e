// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A rule as seen by one class: for which ports, which peers, and what then. Named ports are
/// dissolved into numbers.
struct Clause {
    /// The position of the rule's tier in the class's stack.
    var tier: Int
    var action: Action
    var peers: MatchSet
    var ports: [PortScope]
    var policy: String

    enum PortScope: Hashable {
        /// Every packet.
        case everything
        case every(IPProtocol)
        case range(IPProtocol, ClosedRange<UInt16>)
    }
}

extension Clause {
    /// The clauses of a class in the order in which they are asked; those that can match nothing
    /// are left out.
    static func list(for endpoints: EndpointClass, _ directory: some PeerDirectory) -> [Clause] {
        var clauses: [Clause] = []
        for (tier, layer) in endpoints.tiers.enumerated() {
            for policy in layer.policies {
                for rule in policy.rules(endpoints.direction) ?? [] {
                    let reading = RuleReading(rule: rule, endpoints: endpoints)
                    for part in reading.parts(directory) {
                        let clause = Clause(
                            tier: tier, action: rule.action, peers: part.peers, ports: part.ports,
                            policy: policy.id.description)
                        if let last = clauses.indices.last, clauses[last].differsInPortsOnly(clause)
                        {
                            clauses[last].ports += clause.ports
                        } else {
                            clauses.append(clause)
                        }
                    }
                }
            }
        }
        return clauses
    }
}

extension Clause {
    /// Whether the two, one behind the other, are one clause for the ports of both.
    fileprivate func differsInPortsOnly(_ other: Clause) -> Bool {
        tier == other.tier && action == other.action && policy == other.policy
            && peers == other.peers
    }
}

/// Takes a rule apart into pairs of peers and ports.
private struct RuleReading {
    var rule: Rule
    var endpoints: EndpointClass

    typealias Part = (peers: MatchSet, ports: [Clause.PortScope])

    func parts(_ directory: some PeerDirectory) -> [Part] {
        var parts: [Part] = []
        let ports = plainPorts
        if !ports.isEmpty { parts.append((MatchSet(rule.peers), ports)) }
        if endpoints.direction == .egress { parts += namedEgressParts(directory) }
        return parts.filter { !$0.peers.isNobody }
    }

    /// The ports whose numbers are known without asking who the peer is.
    private var plainPorts: [Clause.PortScope] {
        guard case .only(let matches) = rule.ports else { return [.everything] }
        return matches.flatMap { match -> [Clause.PortScope] in
            switch match {
            case .every(let transport): [.every(transport)]
            case .numbers(let transport, let range): [.range(transport, range)]
            case .named(let transport, let name):
                // On ingress the name is the subject's, whose number the class knows (S27).
                endpoints.namedPorts
                    .filter { $0.name == name && $0.transport == transport }
                    .map { .range(transport, $0.number...$0.number) }
            case .icmp: []
            }
        }
    }

    /// On egress a named port splits the peers by the number that they give it; an address that is
    /// no endpoint's gives it none (S28).
    private func namedEgressParts(_ directory: some PeerDirectory) -> [Part] {
        guard case .only(let matches) = rule.ports else { return [] }
        var parts: [Part] = []
        for case .named(let transport, let name) in matches {
            for (selector, within) in EndpointPeer.candidates(rule.peers) {
                let numbers = directory.numbers(of: name, transport: transport, among: selector)
                for number in numbers {
                    let port = NamedPort(name: name, transport: transport, number: number)
                    let peer = EndpointPeer(selector, port: port, within: within)
                    parts.append(
                        (MatchSet(endpoints: [peer]), [.range(transport, number...number)]))
                }
            }
        }
        return parts
    }
}

extension MatchSet {
    /// The formula of a rule's peers.
    init(_ peers: Peers) {
        guard case .only(let list) = peers else {
            self = .everyone
            return
        }
        var endpoints: Set<EndpointPeer> = []
        var intervals4: [ClosedRange<UInt32>] = []
        var intervals6: [ClosedRange<UInt128>] = []
        for peer in list {
            switch peer {
            case .endpoints(let selector):
                endpoints.insert(EndpointPeer(selector))
            case .network(let block, let excepted):
                let addresses = AddressSet(block, except: excepted)
                intervals4 += addresses.ipv4.intervals
                intervals6 += addresses.ipv6.intervals
            case .addresses, .nodes, .service: break
            }
        }
        self.init(
            endpoints: endpoints,
            networks: AddressSet(ipv4: IntervalSet(intervals4), ipv6: IntervalSet(intervals6)))
    }
}

extension EndpointPeer {
    /// The endpoints among which a rule's named port is looked for, with the blocks that confine
    /// them.
    fileprivate static func candidates(_ peers: Peers) -> [(EndpointSelector, AddressSet?)] {
        guard case .only(let list) = peers else { return [(.everyEndpoint, nil)] }
        return list.compactMap { peer in
            switch peer {
            case .endpoints(let selector): (selector, nil)
            case .network(let block, let excepted):
                (.everyEndpoint, AddressSet(block, except: excepted))
            case .addresses, .nodes, .service: nil
            }
        }
    }
}

extension AddressSet {
    init(_ block: CIDR, except excepted: [CIDR]) {
        self = AddressSet([block]).subtracting(AddressSet(excepted))
    }
}
