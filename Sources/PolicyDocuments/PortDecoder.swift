// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Field {
    /// The value as a port number, 1 to 65535.
    func portNumber(_ log: inout ProblemLog) -> UInt16? {
        guard let value = integer(&log) else { return nil }
        guard let number = UInt16(exactly: value), number > 0 else {
            log.error(
                self, "\(value) is not a port number", remedy: "write a number from 1 to 65535")
            return nil
        }
        // S73: `0120` is octal to YAML 1.1, and its author may not know.
        if case .plain(let text) = node.content, text != "\(number)", text != "\(number).0" {
            log.warning(self, "\(text) is read as \(number)", remedy: "write \(number)")
        }
        return number
    }

    /// The value as a transport protocol, in capitals as the API demands.
    func transport(_ log: inout ProblemLog) -> IPProtocol? {
        guard let text = string(&log) else { return nil }
        switch text {
        case "TCP": return .tcp
        case "UDP": return .udp
        case "SCTP": return .sctp
        default:
            let meant = ["TCP", "UDP", "SCTP"].first { $0 == text.uppercased() }
            log.error(
                self, "\(MessageText.quoted(text)) is not a protocol",
                remedy: "write \(meant ?? "TCP, UDP or SCTP")")
            return nil
        }
    }
}

extension PortMatch {
    /// Decodes an entry of a rule's `ports` (validation.go: `ValidateNetworkPolicyPort`).
    ///
    /// Without a protocol it is about TCP (S26), without a port about all of them (S33).
    init?(_ field: Field, _ log: inout ProblemLog) {
        guard field.isMapping(&log) else { return nil }
        field.warnOfUnknown(besides: ["protocol", "port", "endPort"], &log)
        let errors = log.errorCount
        let transport = field["protocol"]?.transport(&log) ?? .tcp
        let end = field["endPort"]
        guard let port = field["port"] else {
            if let end { log.error(end, "stands without port", remedy: "say port as well") }
            self = .every(transport)
            return
        }
        if case .string(let name) = port.node.scalar {
            self = .named(transport, name)
            if let end {
                log.error(
                    end, "stands beside a port that is a name",
                    remedy: "a range needs a number as its port")
            }
            if NameSyntax.isPortName(name) { return }
            log.error(
                port, "\(MessageText.quoted(name)) is not a port's name",
                remedy: Self.remedy(forName: name))
            return nil
        }
        guard let first = port.portNumber(&log) else { return nil }
        guard let end else {
            self = .numbers(transport, first...first)
            return
        }
        guard let last = end.portNumber(&log) else { return nil }
        guard first <= last else {
            log.error(
                end, "\(last) is less than port, \(first)",
                remedy: "the range runs from port to endPort, both included",
                topic: .invertedPortRange)
            return nil
        }
        guard log.errorCount == errors else { return nil }
        self = .numbers(transport, first...last)
    }

    private static func remedy(forName name: String) -> String {
        if let number = UInt16(name) { return "write a number without quotes: \(number)" }
        let isRange = name.contains("-") && name.split(separator: "-").allSatisfy { Int($0) != nil }
        return isRange ? "write a range as port and endPort" : NameSyntax.portNameRule
    }
}
