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

    /// What is different about a packet that the proof has found.
    ///
    /// - Parameter place: the rule that drops it; nil where it is accepted.
    /// - Returns: nil if the packet's way, followed rule by rule, shows no difference.
    func difference(_ probe: ProbePacket, droppedAt place: RulePlace?)
        -> VerificationReport.Difference?
    {
        guard reference.knows(probe) else { return nil }
        var difference = VerificationReport.Difference(
            probe: probe, policies: reference.verdict(probe.description),
            isAccepted: place == nil, trace: [])
        do {
            var isAccepted = true
            for hook in probe.journey.hooks where isAccepted {
                let result = try evaluator.evaluate(probe.packet(at: hook), at: hook)
                difference.trace += result.trace.map(step)
                isAccepted = result.isAccepted
            }
            guard isAccepted == difference.isAccepted else { return nil }
            if let place, place.position == nil { difference.trace.append(step(place)) }
        } catch {
            // The proof knows more expressions than one packet's interpreter.
            difference.trace = place.map { [step($0)] } ?? []
        }
        return difference.isAccepted == reference.allows(probe) ? nil : difference
    }

    /// The kernel's number of a rule.
    func handle(_ place: RulePlace) -> UInt64? {
        guard let position = place.position, let known = rules[place.chain],
            position < known.count
        else { return nil }
        return known[position].handle
    }

    /// What drops a packet: a rule, or the policy of a base chain.
    private func step(_ place: RulePlace) -> VerificationReport.Step {
        guard let position = place.position else {
            return .init(place: place, text: "policy drop", verdict: .drop)
        }
        return step(place.chain, position, .drop)
    }

    private func step(_ step: TableEvaluator.Result.Step) -> VerificationReport.Step {
        self.step(step.chain, step.rule, step.verdict)
    }

    private func step(_ chain: String, _ position: Int, _ verdict: Verdict)
        -> VerificationReport.Step
    {
        let place = RulePlace(chain: chain, position: position)
        return .init(
            place: place, handle: handle(place), text: chains[chain]?.rules[position].text() ?? "",
            verdict: verdict)
    }
}
