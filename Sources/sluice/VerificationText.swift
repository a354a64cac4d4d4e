// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import PolicyVerification

/// The result of a verification as people and machines read it.
struct VerificationText {
    private let report: VerificationReport
    private let node: String
    private let isTablePresent: Bool
    private let others: [AttachedChain]

    init(
        _ report: VerificationReport, node: String, isTablePresent: Bool, others: [AttachedChain]
    ) {
        self.report = report
        self.node = node
        self.isTablePresent = isTablePresent
        self.others = others
    }

    // MARK: For people

    var text: String {
        ([head] + differences + doubts + ["", "Not covered:"] + gaps)
            .joined(separator: "\n")
    }

    private var head: String {
        let scope = report.scope
        let compared = """
            node \(node), \(Self.count(scope.endpoints, "governed pod")), \
            \(Self.count(scope.addressClasses, "class", "classes")) of addresses, \
            \(Self.count(scope.transportAtoms, "class", "classes")) of protocols and ports; \
            table inet sluice, \(Self.count(scope.rules, "rule")), \
            \(Self.count(scope.elements, "element"))
            """
        switch report.outcome {
        case .proved:
            return "PROVED: for every packet the kernel does what the policies say\n(\(compared))"
        case .different:
            let count = report.differences.count + report.furtherDifferences
            let missing = isTablePresent ? "" : "\nThere is no table inet sluice here."
            return """
                DIFFERENT: \(Self.count(count, "difference")) between kernel and policies
                (\(compared))\(missing)
                """
        case .notProved:
            return """
                NOT PROVED: part of the kernel's ruleset is not understood
                (\(compared))
                """
        }
    }

    private var differences: [String] {
        var lines: [String] = []
        for (number, difference) in report.differences.enumerated() {
            let policies = difference.policies
            lines += [
                "", "\(number + 1). \(difference.probe.text)",
                "   policies: \(difference.isAccepted ? "deny" : "allow")",
                "     egress:  \(policies.egress)", "     ingress: \(policies.ingress)",
            ]
            lines += policies.host.map { ["     host:    \($0)"] } ?? []
            lines += [
                "   kernel: \(difference.isAccepted ? "accepts" : "drops")"
            ]
            lines += difference.trace.map { "     \($0.line)" }
            if difference.trace.isEmpty { lines.append("     no rule gives it a verdict") }
        }
        if report.furtherDifferences > 0 {
            lines += ["", "… and \(report.furtherDifferences) more"]
        }
        return lines
    }

    private var doubts: [String] {
        report.doubts.flatMap { doubt in
            var lines = ["", "not understood: \(doubt.reason)"]
            if let place = doubt.place {
                lines.append("   in \(place.text(handle: doubt.handle))")
            }
            if let probe = doubt.probe { lines.append("   on which depends: \(probe.text)") }
            return lines
        }
    }

    private var gaps: [String] {
        var gaps = Self.gaps
        if others.isEmpty {
            gaps.append("other tables have no chains on these hooks")
        } else {
            let count = Self.count(others.count, "base chain")
            gaps.append("\(count) of other tables, which may drop or change packets too:")
        }
        return gaps.map { "  - \($0)" } + others.map { "      \($0.text)" }
    }

    /// What no proof covers.
    private static let gaps = [
        "connections that are established already: their packets pass until they end",
        "translation of addresses before this table: a packet is judged by the addresses it has here",
        "packets whose transport header is cut off",
        "forwarded packets that bear one of the node's own addresses, but for forged sources",
    ]

    private static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }

    // MARK: For machines

    var json: JSONValue {
        .object([
            "outcome": .string(report.outcome.rawValue),
            "node": .string(node),
            "table_present": .bool(isTablePresent),
            "scope": .object([
                "endpoints": .count(report.scope.endpoints),
                "address_classes": .count(report.scope.addressClasses),
                "transport_atoms": .count(report.scope.transportAtoms),
                "rules": .count(report.scope.rules), "elements": .count(report.scope.elements),
            ]),
            "differences": .array(report.differences.map(\.json)),
            "further_differences": .count(report.furtherDifferences),
            "doubts": .array(report.doubts.map(\.json)),
            "not_covered": .object([
                "established_connections": .bool(true),
                "address_translation_before": .bool(true),
                "truncated_transport_headers": .bool(true),
                "forwarded_with_own_address": .bool(true),
                "base_chains_of_other_tables": .array(others.map(\.json)),
            ]),
        ])
    }
}

extension ProbePacket {
    /// `forwarded, new: 10.0.0.1 > 10.0.0.2 tcp 80`.
    fileprivate var text: String {
        let state = packet.connection.names.joined(separator: ",")
        let origin = packet.isFromThisNode ? ", from this node" : ""
        let names = [sender, receiver].map { $0?.description ?? "no pod" }
        let whose = sender == nil && receiver == nil ? "" : " (\(names[0]) > \(names[1]))"
        return "\(journey.rawValue), \(state)\(origin)\(way): \(description)\(whose)"
    }

    /// `, by cali1 > eth0`: the interfaces, where rules ask for any.
    private var way: String {
        let interfaces = [packet.inputInterface, packet.outputInterface]
        if interfaces == [nil, nil] { return "" }
        return ", by \(interfaces.map { $0 ?? "itself" }.joined(separator: " > "))"
    }

    fileprivate var json: JSONValue {
        .object([
            "journey": .string(journey.rawValue),
            "connection": .string(packet.connection.names.joined(separator: ",")),
            "from_this_node": .bool(packet.isFromThisNode),
            "input_interface": packet.inputInterface.map { .string($0) },
            "output_interface": packet.outputInterface.map { .string($0) },
            "source": .string("\(description.source)"),
            "source_pod": sender.map { .string("\($0)") },
            "destination_pod": receiver.map { .string("\($0)") },
            "destination": .string("\(description.destination)"),
            "protocol": .count(Int(description.transport.rawValue)),
            "source_port": packet.sourcePort.map { .count(Int($0)) },
            "destination_port": packet.destinationPort.map { .count(Int($0)) },
            "icmp_type": packet.icmpType.map { .count(Int($0)) },
        ])
    }
}

extension RulePlace {
    fileprivate func text(handle: UInt64?) -> String {
        guard let position else { return "chain \(chain), policy" }
        return "chain \(chain), rule \(position)" + (handle.map { " (handle \($0))" } ?? "")
    }
}

extension VerificationReport.Step {
    fileprivate var line: String { "\(place.text(handle: handle)): \(text)" }

    fileprivate var json: JSONValue {
        .object([
            "chain": .string(place.chain), "rule": place.position.map { .count($0) },
            "handle": handle.map { .number($0) }, "text": .string(text),
            "verdict": .string("\(verdict)"),
        ])
    }
}

extension VerificationReport.Difference {
    fileprivate var json: JSONValue {
        .object([
            "packet": probe.json,
            "policies": .object([
                "allowed": .bool(!isAccepted), "egress": .string("\(policies.egress)"),
                "ingress": .string("\(policies.ingress)"),
                "host": policies.host.map { .string("\($0)") },
            ]),
            "kernel": .object([
                "accepted": .bool(isAccepted), "trace": .array(trace.map(\.json)),
            ]),
        ])
    }
}

extension VerificationReport.Doubt {
    fileprivate var json: JSONValue {
        .object([
            "reason": .string(reason), "chain": place.map { .string($0.chain) },
            "rule": place?.position.map { .count($0) }, "handle": handle.map { .number($0) },
            "packet": probe?.json,
        ])
    }
}

extension AttachedChain {
    /// `ip nat POSTROUTING: type nat hook postrouting priority 100, policy accept`.
    fileprivate var text: String {
        """
        \(family) \(table) \(name): type \(base.type) hook \(base.hook.name) \
        priority \(base.priority), policy \(base.policy.rawValue)
        """
    }

    fileprivate var json: JSONValue {
        .object([
            "family": .string(family), "table": .string(table), "chain": .string(name),
            "type": .string(base.type), "hook": .string(base.hook.name),
            "priority": base.priority < 0
                ? .negative(UInt64(base.priority.magnitude)) : .number(UInt64(base.priority)),
            "policy": .string(base.policy.rawValue),
        ])
    }
}

extension JSONValue {
    fileprivate static func count(_ number: Int) -> JSONValue { .number(UInt64(number)) }
}
