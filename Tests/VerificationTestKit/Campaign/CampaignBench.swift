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

/// Where the worlds of a ``Campaign`` are judged: a policed node, and one without rules.
struct CampaignBench {
    private let policed: Wire
    private let open: Wire
    private let ruleset: KernelRuleset

    init() throws {
        let own = CampaignWorld.nodeAddresses.sorted()
        policed = try Wire(nodeAddresses: own)
        open = try Wire(nodeAddresses: own)
        ruleset = try KernelRuleset(in: policed.node.forKernel)
    }

    /// Puts a cluster's policies in force, as a change of those before.
    @discardableResult
    func enforce(_ state: ClusterState) throws -> Table {
        let wanted = NodeCompilation(state, node: WorldGenerator.localNode).table
        try ruleset.migrate(to: wanted)
        return wanted
    }

    /// The policed node.
    var node: PolicyTestKit.NetworkNamespace { policed.node }

    /// Puts a world in force with its workloads' interfaces, where any are known, and proves it.
    func prove(_ world: CampaignWorld, _ report: inout CampaignReport) throws {
        if world.guarded == world.state { return }
        let observed = try ruleset.read(table: enforce(world.guarded).name)
        let proof = Verification(world.guarded, localNode: WorldGenerator.localNode)
            .verify(observed)
        report.guardedWorlds += 1
        guard proof.outcome != .proved else { return }
        report.differences.append(
            CampaignReport.Difference(
                seed: world.seed,
                text: """
                    seed \(world.seed): with interfaces the verification says \
                    \(proof.outcome.rawValue): \(proof.inShort)
                    """))
    }

    /// Compares the judges on all packets of a world, whose table is in force.
    func judge(
        _ world: CampaignWorld, by wanted: Table, _ report: inout CampaignReport
    ) throws {
        func differ(_ text: String) {
            report.differences.append(
                CampaignReport.Difference(seed: world.seed, text: "seed \(world.seed): \(text)"))
        }
        for problem in world.problems { differ("its manifests: \(problem)") }
        let observed = try ruleset.read(table: wanted.name)
        if observed?.table.sorted.withoutCapacities != wanted.withoutCapacities {
            differ("the kernel's table is not the compiled one")
        }
        let proof = Verification(world.state, localNode: WorldGenerator.localNode).verify(observed)
        if proof.outcome != .proved {
            differ("the verification says \(proof.outcome.rawValue): \(proof.inShort)")
        }

        let reference = ReferenceEvaluator(world.state, localNode: WorldGenerator.localNode)
        let interpreter = TableEvaluator(wanted)
        let decisions = world.packets.map { reference.verdict($0.packet) }
        let fates = try world.packets.map { packet in
            try interpreter.evaluate(
                Packet(
                    packet.packet,
                    isFromThisNode: CampaignWorld.nodeAddresses.contains(
                        packet.packet.source)),
                at: packet.isSentByNode ? .output : .forward)
        }
        try policed.flushConnectionTracking()
        let arrived = try policed.carry(world.packets, expecting: decisions.map(\.isAllowed))
        let carried = try open.carry(
            world.packets, expecting: world.packets.map { _ in true })

        for (index, packet) in world.packets.enumerated() {
            let decision = decisions[index]
            let isAgreed =
                decision.isAllowed == fates[index].isAccepted
                && decision.isAllowed == arrived[index] && carried[index]
            if isAgreed { continue }
            differ(
                """
                \(packet): policies: \(decision); ruleset: \(fates[index].text); the kernel \
                \(arrived[index] ? "passes" : "drops") it; without rules it \
                \(carried[index] ? "arrives" : "does not arrive")
                """)
            if report.differences.count >= 20 { break }
        }
        report.worlds += 1
        report.readWorlds += world.isRead ? 1 : 0
        report.tieredWorlds += world.state.tiers.count > 1 ? 1 : 0
        report.packets += world.packets.count
        report.sentByNode += world.packets.count { $0.isSentByNode }
        report.denied += decisions.count { !$0.isAllowed }
    }
}

extension TableEvaluator.Result {
    /// `dropped (forward 2: goto dispatch, dispatch 3: drop)`: the rules that gave verdicts.
    fileprivate var text: String {
        let steps = trace.map { "\($0.chain) \($0.rule): \($0.verdict)" }
        return "\(isAccepted ? "passed" : "dropped") (\(steps.joined(separator: ", ")))"
    }
}
