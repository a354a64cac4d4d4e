// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import NetfilterKernel
import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import RulesetDiff

/// A node whose table is mutated in the kernel by `nft`, verified, and put right again.
///
/// What a mutation does is told by an interpreter that carries sampled packets through the table as it
/// is read back. The interpreter in turn is held to the kernel: the packets are sent too.
public final class MutationBench {
    let scene: MutationScene
    let wire: Wire
    private let ruleset: KernelRuleset
    private let wanted: Table
    private let interpreter: FateInterpreter
    private let approaches: Approaches
    let reference: ReferenceEvaluator
    private var observed: ObservedTable
    private var random: SeededGenerator
    private let seed: UInt64

    /// The verification that is tested; a test of the bench itself may take another.
    public var verify: (ObservedTable) -> VerificationReport
    /// How many packets are sampled for each mutation.
    public var samples = 250
    /// Of these, so many are sent.
    public var sent = 40

    /// Puts a cluster's policies in force on a new node.
    ///
    /// - Parameter seed: determines the mutations.
    public init(_ state: ClusterState, node: String, seed: UInt64) throws {
        scene = MutationScene(state, node: node)
        wire = try Wire(nodeAddresses: scene.own)
        ruleset = try KernelRuleset(in: wire.node.forKernel)
        wanted = NodeCompilation(state, node: node).table
        try ruleset.migrate(to: wanted)
        observed = try ruleset.read(table: wanted.name)!
        interpreter = FateInterpreter(wanted)
        approaches = Approaches(wanted)
        reference = ReferenceEvaluator(state, localNode: node)
        verify = { Verification(state, localNode: node).verify($0) }
        random = SeededGenerator(seed: seed)
        self.seed = seed
    }

    /// A small random cluster; the seed determines it too, and whether its policies stand in tiers.
    public convenience init(seed: UInt64) throws {
        let style: WorldGenerator.Style = seed.isMultiple(of: 2) ? .tiered : .kubernetes
        let state = WorldGenerator(seed: seed, style: style).world()
        try self.init(state, node: WorldGenerator.localNode, seed: seed)
    }

    /// Mutates so many times.
    public func run(_ mutations: Int, _ report: inout MutationReport) throws {
        let goal = report.mutations + mutations
        let start = ContinuousClock.now
        for _ in 0..<(20 * mutations) where report.mutations < goal { try round(&report) }
        report.seconds += (ContinuousClock.now - start) / .seconds(1)
    }

    private func round(_ report: inout MutationReport) throws {
        var random = self.random.fork()
        var generator = MutationGenerator(
            observed: observed, scene: scene, random: random.fork())
        guard let mutation = generator.next(),
            // What the model cannot print would be a remark.
            !mutation.commands.contains(where: { $0.contains("#") })
        else { return }
        let commands = mutation.commands.joined(separator: "\n")
        do {
            try wire.node.execute(["nft", "-f", "-"], input: commands)
        } catch is LabError {
            report.refused += 1
            return
        }
        let mutated = try ruleset.readOnce(table: wanted.name)!
        do {
            try judge(mutation, mutated, &random, &report)
        } catch let error as EvaluationError {
            throw MutationError(mutation: commands, seed: seed, reason: "\(error)")
        }
        try ruleset.commit(Transaction(from: mutated, to: wanted))
        observed = try ruleset.readOnce(table: wanted.name)!
        guard observed.table.sorted.withoutCapacities == wanted.withoutCapacities else {
            throw MutationError(mutation: commands, seed: seed, reason: "it is not put right")
        }
    }

    private func judge(
        _ mutation: Mutation, _ mutated: ObservedTable, _ random: inout SeededGenerator,
        _ report: inout MutationReport
    ) throws {
        var sampler = PacketSampler(
            wanted, mutated.table, approaches: approaches, scene: scene, random: random.fork())
        let after = FateInterpreter(mutated.table)
        var seen: [(packet: ProbePacket, fates: [Bool])] = []
        let effect = try MutationEffect.sampled(
            samples, from: &sampler, original: interpreter, mutated: after, seen: &seen)
        report.samples += seen.count

        var failures: [String] = []
        let verification = verify(mutated)
        for difference in verification.differences {
            let fates = try after.fates(difference.probe)
            let isAllowed = isAllowed(difference.probe)
            if fates.contains(where: { $0 != difference.isAccepted })
                || isAllowed == difference.isAccepted
            {
                failures.append(
                    """
                    the verification's packet is no difference: \(difference.probe.text), policies \
                    \(isAllowed), interpreter \(fates)
                    """)
            }
        }
        var expected = verification.differences.prefix(4).map { ($0.probe, $0.isAccepted) }
        let chosen = random.some(sent, of: seen)
        if after.isCertain {
            expected += chosen.map { ($0.packet, $0.fates[0]) }
        } else if verification.outcome == .proved {
            // The interpreter does not know, and so the kernel is asked whether the proof holds.
            expected += chosen.map { ($0.packet, isAllowed($0.packet)) }
        }
        failures += try disagreements(with: expected, &report)

        var tally = report.tallies[mutation.kind] ?? MutationReport.Tally()
        switch effect {
        case .changing: tally.changing += 1
        case .uncertain: tally.uncertain += 1
        case .harmless: tally.harmless += 1
        }
        switch (verification.outcome, effect) {
        case (.proved, .changing(let probe)), (.proved, .uncertain(let probe)):
            tally.proved += 1
            failures.append("proved, and yet the fate of \(probe.text) is another")
        case (.proved, .harmless):
            tally.proved += 1
        case (.different, let effect):
            tally.different += 1
            if case .harmless = effect { report.missedBySampler += 1 }
        case (.notProved, .changing(let probe)):
            tally.notProved += 1
            report.undecidedThoughDifferent += 1
            if after.isCertain {
                failures.append(
                    "not proved: \(verification.inShort); \(probe.text) is different")
            }
        case (.notProved, _):
            tally.notProved += 1
            if after.isCertain { failures.append("not proved: \(verification.inShort)") }
        }
        report.tallies[mutation.kind] = tally
        report.failures += failures.map {
            "seed \(seed), \(mutation.kind.rawValue): \($0)\n    \(mutation.commands.joined(separator: "\n    "))"
        }
    }
}
