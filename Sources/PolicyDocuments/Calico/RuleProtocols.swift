// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What one of Calico's rules says of protocols and ICMP messages.
struct RuleProtocols {
    private var transport: IPProtocol?
    private var message: PortMatch?
    /// Packets of these are not meant.
    private(set) var exceptions: [PortMatch] = []

    /// Reads `protocol`, `notProtocol`, `icmp` and `notICMP` of a rule.
    init(_ rule: Field, family: AddressFamily?, _ log: inout ProblemLog) {
        transport = rule["protocol"]?.ipProtocol(&log)
        if let other = rule["notProtocol"]?.ipProtocol(&log) { exceptions.append(.every(other)) }
        for name in ["protocol", "notProtocol"] {
            guard let field = rule[name], let family else { continue }
            var silent = log
            let number = field.ipProtocol(&silent)
            if number == .icmp && family == .ipv6 || number == .icmpv6 && family == .ipv4 {
                log.error(
                    field, "is not a protocol of the rule's ipVersion",
                    remedy: "ICMP goes with 4, ICMPv6 with 6")
            }
        }
        message = messages(rule, "icmp", &log)
        if let other = messages(rule, "notICMP", &log) { exceptions.append(other) }
    }

    private func messages(
        _ rule: Field, _ name: String, _ log: inout ProblemLog
    ) -> PortMatch? {
        guard let field = rule.structure(name, &log) else { return nil }
        field.warnOfUnknown(
            besides: ["type", "code"], effect: "does not narrow the rule", &log)
        let type = field["type"]?.number(0...254, &log)
        let code = field["code"]?.number(0...255, &log)
        guard let transport, transport == .icmp || transport == .icmpv6 else {
            log.error(
                field, "stands without a protocol of such messages",
                remedy: "write protocol: ICMP or protocol: ICMPv6")
            return nil
        }
        guard let type else {
            if field["type"] == nil, let code = field["code"] {
                log.error(code, "stands without type", remedy: "say the type as well")
            }
            return nil
        }
        return .icmp(transport, type: type, code: code)
    }

    /// What the rule asks of protocol and destination port.
    func ports(_ entries: [RulePort]) -> Ports {
        if let message { return .only([message]) }
        guard let transport else { return .all }
        return .only(entries.isEmpty ? [.every(transport)] : matches(entries))
    }

    /// Entries of a list of ports, of the rule's protocol.
    func matches(_ entries: [RulePort]) -> [PortMatch] {
        guard let transport else { return [] }
        return entries.map { entry in
            switch entry {
            case .numbers(let range): .numbers(transport, range)
            case .named(let name): .named(transport, name)
            }
        }
    }

    /// Reports lists of ports where the rule's protocol has no ports.
    func requirePorts(
        of rule: Field, _ source: EntityRule, _ destination: EntityRule, _ log: inout ProblemLog
    ) {
        if let transport, [.tcp, .udp, .sctp].contains(transport) { return }
        let remedy = "write protocol: TCP, UDP or SCTP"
        for (name, entity) in [("source", source), ("destination", destination)] {
            for (list, entries) in [("ports", entity.ports), ("notPorts", entity.notPorts)] {
                guard !entries.isEmpty, let field = rule[name]?[list] else { continue }
                log.error(field, "stands without a protocol that has ports", remedy: remedy)
            }
        }
    }
}

extension Field {
    /// The value as a number within a range.
    fileprivate func number(_ range: ClosedRange<Int64>, _ log: inout ProblemLog) -> UInt8? {
        guard let value = integer(&log) else { return nil }
        if range.contains(value) { return UInt8(value) }
        log.error(
            self, "\(value) is out of range",
            remedy: "write a number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// The value as a protocol, by name or by number.
    ///
    /// - Parameter isAnyCase: whether `tcp` is TCP, which it is not in rules.
    func ipProtocol(isAnyCase: Bool = false, _ log: inout ProblemLog) -> IPProtocol? {
        let number: Int64
        switch node.scalar {
        case .integer(let value): number = value
        case .string(let text):
            let known = IPProtocol.calicoNames.first {
                $0.key == text || isAnyCase && $0.key.lowercased() == text.lowercased()
            }
            if let known { return known.value }
            guard let value = Int64(text) else {
                let names = IPProtocol.calicoNames.map(\.key)
                let meant = NearMiss.of(text, among: names) ?? names.joined(separator: ", ")
                log.error(
                    self, "\(MessageText.quoted(text)) is not a protocol",
                    remedy: "write \(meant), or a number from 1 to 255")
                return nil
            }
            number = value
        default:
            log.error(self, "is not a protocol", remedy: "write a name such as TCP, or a number")
            return nil
        }
        if (1...255).contains(number) { return IPProtocol(rawValue: UInt8(number)) }
        log.error(
            self, "\(number) is not a protocol's number", remedy: "write one from 1 to 255")
        return nil
    }
}

extension IPProtocol {
    /// The protocols that Calico's API knows by name.
    fileprivate static let calicoNames: KeyValuePairs<String, IPProtocol> = [
        "TCP": .tcp, "UDP": .udp, "ICMP": .icmp, "ICMPv6": .icmpv6, "SCTP": .sctp,
        "UDPLite": IPProtocol(rawValue: 136),
    ]
}
