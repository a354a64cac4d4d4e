// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Ports {
    /// Decodes the `protocols` of a ClusterNetworkPolicy's rule, or the `ports` in the older API.
    /// Each entry has exactly one field.
    init(clusterPorts field: Field, _ kind: ClusterPolicyKind, _ log: inout ProblemLog) {
        let elements = field.elements(
            atMost: kind.listLimit, emptyRemedy: "leave it out for every packet", &log)
        let matches =
            kind == .clusterNetworkPolicy
            ? PortMatch.matches(ofProtocol:_:) : PortMatch.matches(ofAdminPort:_:)
        self = .only(elements.flatMap { matches($0, &log) })
    }
}

extension PortMatch {
    /// The number that a port of this name has, whatever its protocol: the newer APIs leave that to
    /// the pod.
    static func named(_ field: Field, _ log: inout ProblemLog) -> [PortMatch] {
        guard let name = field.string(&log) else { return [] }
        guard NameSyntax.isPortName(name) else {
            log.error(
                field, "\(MessageText.quoted(name)) is not a port's name",
                remedy: NameSyntax.portNameRule)
            return []
        }
        return [IPProtocol.tcp, .udp, .sctp].map { .named($0, name) }
    }

    /// Decodes a range from `start` to `end`, of which the API wants the first to be less.
    static func range(
        _ field: Field, _ transport: IPProtocol, _ log: inout ProblemLog
    ) -> [PortMatch] {
        for name in ["start", "end"] where field[name] == nil { log.missing(name, of: field) }
        let first = field["start"]?.portNumber(&log)
        let last = field["end"]?.portNumber(&log)
        guard let first, let last, let end = field["end"] else { return [] }
        guard first < last else {
            log.error(
                end, "\(last) is not greater than start, \(first)",
                remedy: "the range runs from start to end, both included",
                topic: .invertedPortRange)
            return []
        }
        return [.numbers(transport, first...last)]
    }

    fileprivate static func matches(
        ofProtocol field: Field, _ log: inout ProblemLog
    ) -> [PortMatch] {
        let names = ["tcp", "udp", "sctp", "destinationNamedPort"]
        guard let (name, value) = field.onlyMember(of: names, none: "names no protocol", &log)
        else { return [] }
        switch name {
        case "tcp": return matches(of: .tcp, value, &log)
        case "udp": return matches(of: .udp, value, &log)
        case "sctp": return matches(of: .sctp, value, &log)
        default: return named(value, &log)
        }
    }

    /// Decodes what is asked of one protocol: today a `destinationPort`, which must be there.
    private static func matches(
        of transport: IPProtocol, _ field: Field, _ log: inout ProblemLog
    ) -> [PortMatch] {
        guard field.isMapping(&log) else { return [] }
        field.warnOfUnknown(
            besides: ["destinationPort"],
            confusions: ["port": "destinationPort", "destinationPorts": "destinationPort"], &log)
        guard let port = field["destinationPort"] else {
            log.missing(
                "destinationPort", of: field,
                remedy: "write one, such as range: {start: 1, end: 65535} for all")
            return []
        }
        guard
            let (name, value) = port.onlyMember(
                of: ["number", "range"], confusions: ["portRange": "range"], none: "names no port",
                &log)
        else { return [] }
        guard name == "range" else {
            return value.portNumber(&log).map { [.numbers(transport, $0...$0)] } ?? []
        }
        guard value.isMapping(&log) else { return [] }
        value.warnOfUnknown(besides: ["start", "end"], &log)
        return range(value, transport, &log)
    }
}
