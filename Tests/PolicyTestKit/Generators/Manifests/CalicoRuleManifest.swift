// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Calico's rules (Calico's reference, "Rule" and "EntityRule").
extension ManifestSpelling {
    /// A rule of a policy of this namespace.
    mutating func rule(
        _ rule: Rule, _ direction: Direction, namespace: String?
    ) -> ManifestValue {
        let conditions = rule.conditions
        let ports = PortSplit(rule.ports)
        let exceptions = PortSplit(.only(conditions.exceptPorts))
        let source = entity(
            direction == .ingress ? rule.peers : conditions.own, ports: conditions.sourcePorts.list,
            notPorts: conditions.exceptSourcePorts, namespace: namespace)
        let destination = entity(
            direction == .egress ? rule.peers : conditions.own, ports: ports.numbered,
            notPorts: exceptions.numbered, namespace: namespace)
        let annotations: ManifestValue = ["annotations": ["example.com/ticket": "4711"]]
        return [
            "action": .text(action(rule.action)), "destination": destination,
            "icmp": ports.message.map { icmp($0) },
            "ipVersion": conditions.family.map { .word($0 == .ipv4 ? "4" : "6") },
            "metadata": random.chance(5) ? annotations : nil,
            "notICMP": exceptions.message.map { icmp($0) },
            "notProtocol": exceptions.whole.map { protocolName($0) },
            "protocol": ports.transport.map { protocolName($0) }, "source": source,
        ]
    }

    private func action(_ action: Action) -> String {
        switch action {
        case .allow: "Allow"
        case .deny: "Deny"
        case .pass: "Pass"
        case .log: "Log"
        }
    }

    private mutating func protocolName(_ transport: IPProtocol) -> ManifestValue {
        let names: KeyValuePairs<IPProtocol, String> = [
            .tcp: "TCP", .udp: "UDP", .sctp: "SCTP", .icmp: "ICMP", .icmpv6: "ICMPv6",
        ]
        guard let name = names.first(where: { $0.key == transport })?.value,
            random.chance(75)
        else {
            let number = "\(transport.rawValue)"
            return random.chance(70) ? .word(number) : .text(number)
        }
        return .text(name)
    }

    private func icmp(_ message: (type: UInt8, code: UInt8?)) -> ManifestValue {
        ["code": message.code.map { .word("\($0)") }, "type": .word("\(message.type)")]
    }

    /// Numbers as they are or in quotes, ranges with a colon, names.
    private mutating func port(_ match: PortMatch) -> ManifestValue {
        switch match {
        case .numbers(_, let range) where range.count > 1:
            return .text("\(range.lowerBound):\(range.upperBound)")
        case .numbers(_, let range):
            let number = "\(range.lowerBound)"
            return random.pick([
                .word(number), .word(number), .text(number), .text("\(number):\(number)"),
            ])
        case .named(_, let name): return .text(name)
        case .every, .icmp: preconditionFailure("no port of Calico's says \(match)")
        }
    }

    /// One end of the packet; nil where nothing is asked of it, now and then.
    private mutating func entity(
        _ peers: Peers, ports: [PortMatch], notPorts: [PortMatch], namespace: String?
    ) -> ManifestValue? {
        var fields: [(key: String, value: ManifestValue)] = []
        switch peers {
        case .anyone: break
        case .only(let list):
            switch list.first {
            case .service(let id): fields.append(("services", service(id, namespace)))
            case .endpoints(let selector):
                fields += match(AddressMatch(selector: selector), namespace)
            case .addresses(let match): fields += self.match(match, namespace)
            default: preconditionFailure("no rule of Calico's says \(peers)")
            }
            precondition(list.count == 1, "no rule of Calico's says \(peers)")
        }
        if !ports.isEmpty { fields.append(("ports", .list(ports.map { port($0) }))) }
        if !notPorts.isEmpty { fields.append(("notPorts", .list(notPorts.map { port($0) }))) }
        return fields.isEmpty && random.chance(80) ? nil : .object(fields)
    }

    /// A policy of a namespace need not name it.
    private mutating func service(_ id: ServiceID, _ namespace: String?) -> ManifestValue {
        let isImplied = id.namespace == namespace && random.chance(60)
        return [
            "name": .text(id.name), "namespace": isImplied ? nil : .text(id.namespace),
        ]
    }

    private mutating func match(
        _ match: AddressMatch, _ namespace: String?
    ) -> [(key: String, value: ManifestValue)] {
        var fields: [(key: String, value: ManifestValue)] = []
        var unwanted = match.notSelector?.labels
        if var selector = match.selector {
            // What is excepted may stand in the selector, or in a field of its own.
            if let (labels, excepted) = selector.labels.exception, random.chance(60) {
                selector.labels = labels
                unwanted = excepted
            }
            fields += self.selector(selector, namespace, isImplied: unwanted != nil)
        }
        if let unwanted { fields.append(("notSelector", text(unwanted))) }
        if let nets = match.nets { fields.append(("nets", .list(nets.map { block($0) }))) }
        if !match.notNets.isEmpty {
            fields.append(("notNets", .list(match.notNets.map { block($0) })))
        }
        return fields
    }

    /// The endpoints that are meant. In a policy of a namespace those of its own are, as soon as it says
    /// anything of endpoints, unless there is a `namespaceSelector`.
    private mutating func selector(
        _ selector: EndpointSelector, _ namespace: String?, isImplied: Bool
    ) -> [(key: String, value: ManifestValue)] {
        var fields: [(key: String, value: ManifestValue)] = []
        switch selector.namespaces {
        case .any: precondition(namespace == nil, "everywhere has no name in a namespace")
        case .named(let name): precondition(name == namespace, "another namespace has no name")
        case .labelled(let labels):
            fields.append(("namespaceSelector", text(labels, .namespaces)))
        }
        if let accounts = selector.serviceAccounts {
            fields.append(("serviceAccounts", serviceAccounts(accounts)))
        }
        let isSaid = !fields.isEmpty || isImplied && namespace != nil
        if selector.labels != .everything || !isSaid || random.chance(30) {
            fields.append(("selector", text(selector.labels)))
        }
        return fields
    }

    private mutating func serviceAccounts(_ selector: Selector) -> ManifestValue {
        func names(_ selector: Selector) -> [String]? {
            guard case .isOneOf(ServiceAccount.nameLabel, let values) = selector else {
                return nil
            }
            return values
        }
        if let names = names(selector) { return ["names": .texts(random.shuffled(names))] }
        if case .all(let parts) = selector, parts.count == 2, let names = names(parts[0]) {
            return ["names": .texts(random.shuffled(names)), "selector": text(parts[1])]
        }
        return ["selector": text(selector)]
    }
}

extension Selector {
    /// The condition, and what it excepts; nil if it excepts nothing.
    fileprivate var exception: (Selector, Selector)? {
        switch self {
        case .not(let excepted): (.everything, excepted)
        case .all(let parts):
            if parts.count == 2, case .not(let excepted) = parts[1] {
                (parts[0], excepted)
            } else {
                nil
            }
        default: nil
        }
    }
}

/// What a list of ports says, by the fields in which Calico's rules say it.
private struct PortSplit {
    var transport: IPProtocol?
    /// The protocol that is meant as a whole.
    var whole: IPProtocol?
    var message: (type: UInt8, code: UInt8?)?
    var numbered: [PortMatch] = []

    init(_ ports: Ports) {
        for match in ports.list {
            switch match {
            case .every(let transport):
                self.transport = transport
                whole = transport
            case .numbers(let transport, _), .named(let transport, _):
                self.transport = transport
                numbered.append(match)
            case .icmp(let transport, let type, let code):
                self.transport = transport
                message = (type, code)
            }
        }
    }
}

extension Ports {
    fileprivate var list: [PortMatch] {
        switch self {
        case .all: []
        case .only(let matches): matches
        }
    }
}
