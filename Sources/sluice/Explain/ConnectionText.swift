// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetworkPrimitives
import PolicyVerification

/// An explained connection as people read it: the verdict, then the reasons.
struct ConnectionText {
    private let connection: ExplainedConnection

    init(_ connection: ExplainedConnection) { self.connection = connection }

    var text: String {
        let flows = connection.flows
        var lines = [
            "\(verdict)  \(connection.from.name) -> \(connection.to.name)  \(connection.traffic)"
        ]
        let differing = flows.flatMap(\.rulesets).filter { !$0.agrees }
        lines += differing.map { "BUT \(RulesetText($0).heading)" }
        let shown = connection.isUniform ? [flows[0]] : flows
        if connection.isUniform {
            lines.append(flows.map(Self.addresses).joined(separator: ", and "))
            if flows.count > 1 {
                lines.append(
                    "both families alike; below is \(flows[0].packet.source.family.wording)")
            }
        }
        lines += connection.notes.map { "note: \($0)" }
        for flow in shown {
            lines.append("")
            if shown.count > 1 {
                let family = flow.packet.source.family.wording
                lines += [
                    "\(family): \(Self.word(flow.isAllowed))  \(Self.addresses(flow))", "",
                ]
            }
            lines += SideText(flow.sending, .egress).lines
            lines += SideText(flow.receiving, .ingress).lines
            for ruleset in flow.rulesets { lines += [""] + RulesetText(ruleset).lines }
        }
        return lines.joined(separator: "\n")
    }

    private var verdict: String {
        let denied = connection.flows.filter { !$0.isAllowed }
        guard let first = denied.first, denied.count < connection.flows.count else {
            return Self.word(connection.isAllowed)
        }
        let other: AddressFamily = first.packet.source.family == .ipv4 ? .ipv6 : .ipv4
        return "\(Self.word(false)) over \(first.packet.source.family.wording) "
            + "(\(Self.word(true)) over \(other.wording))"
    }

    private static func addresses(_ flow: ExplainedFlow) -> String {
        "\(flow.packet.source) -> \(flow.packet.destination)"
    }

    /// The verdict as a word, in colour where a person reads.
    static func word(_ isAllowed: Bool) -> String {
        Console.paint(
            isAllowed ? "ALLOWED" : "DENIED", isAllowed ? .green : .red, on: STDOUT_FILENO)
    }
}
