// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// What the policies of one side of a packet say, as people read it.
struct SideText {
    private let explanation: Explanation
    private let side: DirectionExplanation
    private let direction: Direction

    /// More entries of a list than these are counted instead of printed.
    private static let limit = 8

    init(_ explanation: Explanation, _ direction: Direction) {
        self.explanation = explanation
        self.direction = direction
        side = explanation.side(direction)
    }

    var lines: [String] {
        var lines = [heading]
        lines += limited(explanation.hints(direction)).map { "  hint: \($0)" }
        for tier in side.tiers { lines += tierLines(tier).map { "  \($0)" } }
        lines += bystanderLines.map { "  \($0)" }
        return lines
    }

    private var heading: String {
        let address = explanation.packet.address(direction)
        let subject = side.subject.endpoint.map { "\($0)" } ?? "\(address)"
        let place = if case .local = side.subject { " on \(explanation.node)" } else { "" }
        let verdict = ConnectionText.word(side.decision.isAllowed)
        return "\(direction) of \(subject)\(place): \(verdict), \(side.summary)"
    }

    private func tierLines(_ tier: TierExplanation) -> [String] {
        var lines = [
            tier.name == Profile.tier.name
                ? "profiles, behind all tiers" : "tier \(tier.name)"
        ]
        for policy in tier.policies { lines += policyLines(policy).map { "  \($0)" } }
        switch tier.outcome {
        case .decided, .passed: break
        case .deniedByDefault:
            let who = tier.name == Profile.tier.name ? "profiles deny" : "the tier denies"
            lines.append("  no rule decides: \(who) by default")
        case .sparedByDefault:
            lines.append("  no rule decides: the tier denies by default, but not a pod to itself")
        case .passedByDefault: lines.append("  no rule decides: on to the next tier")
        }
        return lines
    }

    private func policyLines(_ policy: PolicyExplanation) -> [String] {
        let name = "\(policy.policy.kind) \(policy.policy)"
        if !policy.isReached { return ["\(name): not asked, an earlier rule decides"] }
        if policy.ruleCount == 0 { return ["\(name): it has no \(direction) rules"] }
        let rest = policy.ruleCount - policy.rules.count
        return [name] + policy.rules.flatMap { ruleLines($0).map { "  \($0)" } }
            + (rest == 0 ? [] : ["  \(rest) more not asked"])
    }

    private func ruleLines(_ rule: RuleExplanation) -> [String] {
        let name = rule.name.map { " \"\($0)\"" } ?? ""
        let head = "\(direction)[\(rule.reference.index)]\(name) \(rule.action.wording)"
        let entries =
            peerEntries(rule.peers) + portEntries(rule.ports)
            + ConditionLines(rule.conditions, explanation.packet, direction).entries
        let width = entries.map(\.label.count).max() ?? 0
        let lines = entries.map { entry in
            let padding = String(repeating: " ", count: width - entry.label.count)
            return "  \(entry.label)\(padding)  \(entry.text)"
        }
        return ["\(head): \(conclusion(rule))"] + lines
    }

    private func conclusion(_ rule: RuleExplanation) -> String {
        switch (rule.peers.isMatch, rule.ports.isMatch) {
        case (true, true) where !rule.conditions.isMatch:
            "no match: "
                + rule.conditions.objections(explanation.packet, direction)
                .joined(separator: "; ")
        case (true, true):
            switch rule.action {
            case .allow, .deny: "matches, and decides"
            case .pass: "matches: on to the next tier"
            case .log: "matches, logs, and goes on"
            }
        case (true, false): "no match: the port is not covered"
        case (false, true): "no match: the peer is not covered"
        case (false, false): "no match: neither peer nor port is covered"
        }
    }

    private func peerEntries(_ peers: PeersExplanation) -> [RuleEntry] {
        let word = direction == .ingress ? "from" : "to"
        guard case .only(let peers) = peers else { return [RuleEntry(label: word, text: "anyone")] }
        let address = explanation.packet.address(direction == .ingress ? .egress : .ingress)
        return entries(
            peers.indices.map { index in
                let peer = peers[index]
                return (
                    "\(word)[\(index)]", peer.peer.wording, peer.isMatch, peer.reason(address)
                )
            }, word, none: "nobody")
    }

    private func portEntries(_ ports: PortsExplanation) -> [RuleEntry] {
        guard case .only(let ports) = ports
        else { return [RuleEntry(label: "ports", text: "every protocol and port")] }
        return entries(
            ports.indices.map { index in
                let port = ports[index]
                return (
                    "ports[\(index)]", port.port.wording, port.isMatch,
                    port.reason(explanation.packet)
                )
            }, "ports", none: "none")
    }

    /// If one matches, those that do; otherwise all, as far as anybody would read them.
    private func entries(
        _ all: [(label: String, wording: String, isMatch: Bool, reason: String)], _ word: String,
        none: String
    ) -> [RuleEntry] {
        if all.isEmpty { return [RuleEntry(label: word, text: none)] }
        let matching = all.filter(\.isMatch)
        let shown = matching.isEmpty ? all : matching
        var entries = shown.prefix(Self.limit).map {
            RuleEntry(
                label: $0.label, text: "\($0.isMatch ? "yes" : "no ") \($0.wording): \($0.reason)")
        }
        if shown.count > Self.limit {
            let verb = matching.isEmpty ? "do not match" : "match"
            entries.append(RuleEntry(label: "", text: "\(shown.count - Self.limit) more \(verb)"))
        }
        return entries
    }

    /// Those that might have been expected: of interest where nothing governs or nothing allows.
    private var bystanderLines: [String] {
        switch side.decision {
        case .unselected, .isolated: break
        default: return []
        }
        return limited(
            side.bystanders.map { bystander in
                let name = "\(bystander.policy.kind) \(bystander.policy)"
                switch bystander.reason {
                case .otherDirection:
                    return "not asked: \(name) does not govern \(direction)"
                case .notSelected(let gap):
                    return "not asked: \(name) does not select it: \(gap)"
                }
            })
    }

    private func limited(_ lines: [String]) -> [String] {
        lines.count <= Self.limit
            ? lines : lines.prefix(Self.limit) + ["\(lines.count - Self.limit) more like these"]
    }
}

extension PacketDescription {
    /// The address of the side that a direction is about.
    fileprivate func address(_ direction: Direction) -> IPAddress {
        direction == .egress ? source : destination
    }
}
