// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension PortMatch {
    /// Decodes an entry of `ports` of an AdminNetworkPolicy or BaselineAdminNetworkPolicy, which has
    /// exactly one field.
    static func matches(
        ofAdminPort field: Field, _ log: inout ProblemLog
    ) -> [PortMatch] {
        let names = ["portNumber", "portRange", "namedPort"]
        guard
            let (name, value) = field.onlyMember(
                of: names, confusions: ["port": "portNumber"], none: "names no port", &log)
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
