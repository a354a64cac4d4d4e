// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The ports of one protocol that a rule asks for, or no condition at all.
struct PortCondition {
    /// Nil where every protocol will do.
    var transport: IPProtocol?
    /// Ascending; empty where every port will do.
    var ranges: [ClosedRange<UInt16>] = []

    /// One condition for each protocol that the rule names, protocols and ports in order.
    static func all(of ports: Ports) throws(UnsupportedPolicy) -> [PortCondition] {
        guard case .only(let matches) = ports else { return [PortCondition()] }
        var ranges: [IPProtocol: [ClosedRange<UInt16>]] = [:]
        var whole: Set<IPProtocol> = []
        for match in matches {
            switch match {
            case .every(let transport):
                guard [.tcp, .udp].contains(transport) else {
                    throw UnsupportedPolicy(what: "protocol \(transport)")
                }
                whole.insert(transport)
            case .numbers(let transport, let range):
                guard [.tcp, .udp].contains(transport) else {
                    throw UnsupportedPolicy(what: "protocol \(transport)")
                }
                ranges[transport, default: []].append(range)
            case .named, .icmp:
                throw UnsupportedPolicy(what: "names of ports and messages of ICMP")
            }
        }
        return Set(ranges.keys).union(whole).sorted().map { transport in
            whole.contains(transport)
                ? PortCondition(transport: transport)
                : PortCondition(
                    transport: transport,
                    ranges: IntervalSet(ranges[transport]!).intervals)
        }
    }

    /// As nft writes it, with a space behind it.
    var text: String {
        guard let transport else { return "" }
        let protocolText = "meta l4proto \(transport) "
        if ranges.isEmpty { return protocolText }
        return protocolText + portText
    }

    /// The ports alone, where the protocol has been asked for.
    var portText: String {
        guard let transport, !ranges.isEmpty else { return "" }
        let texts = ranges.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }
        if texts.count == 1 { return "\(transport) dport \(texts[0]) " }
        return "\(transport) dport { \(texts.joined(separator: ", ")) } "
    }
}
