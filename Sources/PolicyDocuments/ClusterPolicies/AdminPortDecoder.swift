// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Ports {
    /// Decodes the `ports` of a rule of an AdminNetworkPolicy or BaselineAdminNetworkPolicy. Each
    /// entry has exactly one field.
    init(adminPorts field: Field, _ log: inout ProblemLog) {
        let elements = field.elements(
            atMost: ClusterPolicyKind.adminNetworkPolicy.listLimit,
            emptyRemedy: "leave it out for every packet", &log)
        self = .only(elements.flatMap { PortMatch.matches(ofAdminPort: $0, &log) })
    }
}

extension PortMatch {
    fileprivate static func matches(
        ofAdminPort field: Field, _ log: inout ProblemLog
    ) -> [PortMatch] {
        let names = ["portNumber", "portRange", "namedPort"]
        guard field.isMapping(&log) else { return [] }
        field.warnOfUnknown(besides: names, confusions: ["port": "portNumber"], &log)
        guard let (name, value) = field.onlyMember(of: names, none: "names no port", &log)
        else { return [] }
        if name == "namedPort" { return named(value, &log) }
        guard value.isMapping(&log) else { return [] }
        let transport = value["protocol"].map { $0.transport(&log) } ?? .tcp
        if name == "portRange" {
            value.warnOfUnknown(besides: ["protocol", "start", "end"], &log)
            return range(value, transport ?? .tcp, &log)
        }
        value.warnOfUnknown(besides: ["protocol", "port"], confusions: ["number": "port"], &log)
        guard let port = value["port"] else {
            log.missing("port", of: value)
            return []
        }
        guard let number = port.portNumber(&log), let transport else { return [] }
        return [.numbers(transport, number...number)]
    }
}
