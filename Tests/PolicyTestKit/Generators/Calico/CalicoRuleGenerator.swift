// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws rules as Calico says them: one protocol, ports and ICMP messages of it, each positive or
/// negated, on both sides.
struct CalicoRuleGenerator {
    private var random: SeededGenerator
    private var peers: CalicoPeerGenerator

    init(random: SeededGenerator, namespaces: [String], addresses: [IPAddress]) {
        self.random = random
        peers = CalicoPeerGenerator(
            random: self.random.fork(), namespaces: namespaces, addresses: addresses)
    }

    /// Up to three rules for one direction of a policy of this namespace.
    mutating func rules(namespace: String?, _ direction: Direction) -> [Rule] {
        let count = random.pick(weighted: [0: 10, 1: 40, 2: 30, 3: 20])
        return (0..<count).map { _ in rule(namespace: namespace, direction) }
    }

    private mutating func rule(namespace: String?, _ direction: Direction) -> Rule {
        var rule = Rule(
            random.pick(weighted: [.allow: 45, .deny: 25, .pass: 18, .log: 12]),
            peers: peers.peers(namespace: namespace))
        if random.chance(25) { rule.conditions.own = peers.own(namespace: namespace) }
        switch random.number(in: 0...99) {
        case 0..<30: break
        case 30..<65: ports(&rule, byService: direction == .egress && rule.peers.isService)
        case 65..<88: messages(&rule)
        default: rule.conditions.exceptPorts = [.every(random.pick([.tcp, .udp, .icmp, .icmpv6]))]
        }
        if random.chance(35) {
            let family = random.pick(AddressFamily.allCases)
            if rule.families.isSubset(of: [family]) { rule.conditions.family = family }
        }
        return rule
    }

    /// A protocol with ports, and conditions on them. A Service as the destination brings its own
    /// ports.
    private mutating func ports(_ rule: inout Rule, byService: Bool) {
        let transport = random.pick(weighted: [IPProtocol.tcp: 65, .udp: 25, .sctp: 10])
        rule.ports = .only([.every(transport)])
        if !byService, random.chance(65) {
            rule.ports = .only((0..<random.number(in: 1...2)).map { _ in port(transport) })
        }
        if !byService, random.chance(25) {
            rule.conditions.exceptPorts = [port(transport)]
            // What is excepted of few ports decides little.
            if random.chance(70) { rule.ports = .only([.every(transport)]) }
        }
        if random.chance(25) { rule.conditions.sourcePorts = .only([sourcePort(transport)]) }
        if random.chance(35) { rule.conditions.exceptSourcePorts = [sourcePort(transport)] }
    }

    /// ICMP messages of one family: all, those of a type and perhaps a code, or all others.
    private mutating func messages(_ rule: inout Rule) {
        let family = random.pick(AddressFamily.allCases)
        let transport: IPProtocol = family == .ipv4 ? .icmp : .icmpv6
        let type = random.pick(CalicoVocabulary.messages[family] ?? [])
        let message = PortMatch.icmp(
            transport, type: type,
            code: random.chance(75) ? random.pick(CalicoVocabulary.codes) : nil)
        rule.ports = .only([.every(transport)])
        switch random.number(in: 0...99) {
        case 0..<20: break
        case 20..<65: rule.ports = .only([message])
        default: rule.conditions.exceptPorts = [message]
        }
    }

    private mutating func port(_ transport: IPProtocol) -> PortMatch {
        let number = random.pick(CalicoVocabulary.portNumbers)
        return random.pick(weighted: [
            .numbers(transport, number...number): 45,
            .numbers(transport, random.pick(Vocabulary.portRanges)): 30,
            .named(transport, random.pick(Vocabulary.portNames)): 25,
        ])
    }

    private mutating func sourcePort(_ transport: IPProtocol) -> PortMatch {
        random.pick(weighted: [
            .numbers(transport, random.pick(CalicoVocabulary.sourcePorts)): 70,
            .named(transport, random.pick(Vocabulary.portNames)): 30,
        ])
    }
}

extension Rule {
    /// The families of the blocks and the messages that the rule names: Calico refuses those of one
    /// family beside the `ipVersion` of the other.
    fileprivate var families: Set<AddressFamily> {
        let blocks = [peers, conditions.own].flatMap { peers -> [CIDR] in
            guard case .only(let list) = peers, case .addresses(let match) = list.first
            else { return [] }
            return (match.nets ?? []) + match.notNets
        }
        let transports = everyDestinationPort.map(\.transport)
        return Set(
            blocks.map(\.family) + (transports.contains(.icmp) ? [.ipv4] : [])
                + (transports.contains(.icmpv6) ? [.ipv6] : []))
    }
}

extension PortMatch {
    var transport: IPProtocol {
        switch self {
        case .every(let transport), .numbers(let transport, _), .named(let transport, _),
            .icmp(let transport, _, _):
            transport
        }
    }
}

extension Peers {
    /// The rule names a Service on this side.
    fileprivate var isService: Bool {
        guard case .only(let peers) = self, case .service = peers.first else { return false }
        return true
    }
}
