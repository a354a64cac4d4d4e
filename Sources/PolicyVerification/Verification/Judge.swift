// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// Works out for single packets what the policies say and what the ruleset does: every difference
/// that is reported has been seen on a concrete packet.
final class Judge {
    let reference: ReferenceEvaluator
    let table: Table
    let rules: [String: [ObservedRule]]
    /// Most rulesets need no judge.
    private lazy var evaluator = TableEvaluator(table)
    private lazy var chains = Dictionary(table.chains.map { ($0.name, $0) }) { first, _ in first }

    init(reference: ReferenceEvaluator, table: Table, rules: [String: [ObservedRule]]) {
        self.reference = reference
        self.table = table
        self.rules = rules
    }

    /// The packet with the endpoints to which its addresses belong.
    func named(_ probe: ProbePacket) -> ProbePacket {
        var probe = probe
        probe.sender = reference.owner(of: probe.description.source)?.id
        probe.receiver = reference.owner(of: probe.description.destination)?.id
        return probe
    }

    /// What is different about a packet.
    ///
    /// - Returns: a doubt where the packet's fate cannot be seen, or is not different after all.
    func difference(_ probe: ProbePacket) -> Result<VerificationReport.Difference, Disagreement> {
        let policies = reference.verdict(probe.description)
        var trace: [VerificationReport.Step] = []
        var isAccepted = true
        do {
            for hook in probe.journey.hooks where isAccepted {
                let result = try evaluator.evaluate(probe.packet, at: hook)
                trace += result.trace.map(step)
                isAccepted = result.isAccepted
            }
        } catch {
            return .failure(Disagreement(reason: "\(error)"))
        }
        guard isAccepted != isAllowed(probe, policies) else {
            return .failure(
                Disagreement(reason: "the proof finds a difference that a packet does not show"))
        }
        return .success(
            .init(probe: probe, policies: policies, isAccepted: isAccepted, trace: trace))
    }

    /// Why a difference is not certain.
    struct Disagreement: Error {
        var reason: String
    }

    /// Whether the packet should pass: policies judge what is new and from elsewhere.
    private func isAllowed(_ probe: ProbePacket, _ policies: Decision) -> Bool {
        probe.journey == .received || probe.packet.isFromThisNode
            || !probe.packet.connection.isDisjoint(with: [.established, .related])
            || policies.isAllowed
    }

    /// The kernel's number of a rule.
    func handle(_ place: RulePlace) -> UInt64? {
        guard let position = place.position, let known = rules[place.chain],
            position < known.count
        else { return nil }
        return known[position].handle
    }

    private func step(_ step: TableEvaluator.Result.Step) -> VerificationReport.Step {
        let place = RulePlace(chain: step.chain, position: step.rule)
        return .init(
            place: place, handle: handle(place),
            text: chains[step.chain]?.rules[step.rule].text() ?? "", verdict: step.verdict)
    }
}
