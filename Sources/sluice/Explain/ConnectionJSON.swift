// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyModel
import PolicyVerification

extension ExplainedConnection {
    /// All of it for machines; the keys are described in the command's help.
    var json: JSONValue {
        .object([
            "verdict": .verdict(isAllowed),
            "agrees": .bool(rulesetsAgree),
            "from": from.json, "to": to.json, "traffic": traffic.json,
            "notes": .array(notes.map { .string($0) }),
            // Absent where no policy is staged.
            "staged": staged?.json,
            "flows": .array(flows.map(\.json)),
        ])
    }
}

extension ExplainedFlow {
    fileprivate var json: JSONValue {
        .object([
            "family": .string(packet.source.family == .ipv4 ? "ipv4" : "ipv6"),
            "source": .string("\(packet.source)"),
            "destination": .string("\(packet.destination)"),
            "verdict": .verdict(isAllowed),
            "egress": sending.json(.egress), "ingress": receiving.json(.ingress),
            "rulesets": .array(rulesets.map(\.json)),
        ])
    }
}

extension ResolvedParty {
    fileprivate var json: JSONValue {
        .object([
            "namespace": (endpoint?.id.namespace).map { .string($0) },
            "name": (endpoint?.id.name).map { .string($0) },
            "node": node.map { .string($0) },
            "addresses": .array(addresses.map { .string("\($0)") }),
        ])
    }
}

extension Traffic {
    fileprivate var json: JSONValue {
        .object([
            "protocol": .string("\(transport)"),
            "port": port.map { .number(UInt64($0)) },
            "sourcePort": sourcePort.map { .number(UInt64($0)) },
            "icmpType": icmpType.map { .number(UInt64($0)) },
            "icmpCode": icmpCode.map { .number(UInt64($0)) },
            "name": name.map { .string($0) },
        ])
    }
}

extension RulesetFate {
    fileprivate var json: JSONValue {
        var reason: String?
        var trace: PacketTrace?
        switch outcome {
        case .traced(let way): trace = way
        case .untouched(let why), .unknown(let why): reason = why
        }
        return .object([
            "node": .string(node), "origin": .string(origin.rawValue),
            "verdict": isAccepted.map { .verdict($0) } ?? .string("unknown"),
            "agrees": .bool(agrees),
            "reason": reason.map { .string($0) },
            "hook": (trace?.hook.name).map { .string($0) },
            "trace": trace.map { .array($0.steps.map(json)) },
        ])
    }

    private func json(_ step: PacketTrace.Step) -> JSONValue {
        .object([
            "chain": .string(step.chain), "comment": step.chainComment.map { .string($0) },
            "position": .number(UInt64(step.rule)),
            "handle": handle(step).map { .number($0) },
            "rule": .string(step.text),
            "lookups": .array(
                step.lookups.map {
                    .object([
                        "set": .string($0.set), "comment": $0.comment.map { .string($0) },
                        "key": .string($0.key),
                        "element": $0.element.map { .string($0) } ?? .null,
                    ])
                }),
            "verdict": step.verdict.map { .string("\($0)") } ?? .null,
        ])
    }
}

extension JSONValue {
    /// `"allowed"` or `"denied"`.
    static func verdict(_ isAllowed: Bool) -> JSONValue {
        .string(isAllowed ? "allowed" : "denied")
    }
}
