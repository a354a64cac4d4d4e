// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetfilterKernel
import NodeCompiler
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import PolicyVerification
import RulesetDiff
import Testing

/// Manifests in, packets through a policed kernel, against the reference evaluator.
@Suite(.needsNamespaces, .serialized)
struct RealPacketTests {
    /// How many worlds, and the first one's seed: more for a long run, one to look into a failure.
    private static let worlds = number("SLUICE_WORLDS") ?? 60
    private static let firstSeed = number("SLUICE_FIRST_SEED") ?? 1_000

    private static func number(_ variable: String) -> UInt64? {
        ProcessInfo.processInfo.environment[variable].flatMap(UInt64.init)
    }

    @Test("Every pair, protocol and port of random worlds meets the fate that the policies give it")
    func everyPair() throws {
        var probed = 0
        var silent = 0
        for seed in Self.firstSeed..<(Self.firstSeed + Self.worlds) {
            let world = try LabWorld(seed: seed)
            defer { world.lab.tearDown() }
            let state = try Self.throughManifests(world.state)
            let wanted = NodeCompilation(state, node: WorldGenerator.localNode).table
            let ruleset = try KernelRuleset(of: world.lab.node)
            try ruleset.commit(Transaction(from: try ruleset.read(table: "sluice"), to: wanted))

            let reference = ReferenceEvaluator(world.state, localNode: WorldGenerator.localNode)
            let probes = try world.probes()
            let decisions = try probes.map { reference.verdict(try PacketDescription($0)) }
            let allowed = decisions.map(\.isAllowed)
            let outcomes = try world.lab.prober.run(
                probes, expecting: allowed.map { $0 ? .answered : .silent })
            for (probe, (decision, outcome)) in zip(probes, zip(decisions, outcomes)) {
                try #require(
                    outcome.isDelivered == decision.isAllowed,
                    "seed \(seed): \(probe) is \(outcome); policies: \(decision)")
            }
            probed += probes.count
            silent += allowed.count { !$0 }
        }
        print("\(Self.worlds) worlds, \(probed) probes, \(silent) of them denied")
        #expect(silent * 20 > probed, "too few probes are denied to tell much")
    }

    /// The state as it comes back from its own manifests.
    private static func throughManifests(_ state: ClusterState) throws -> ClusterState {
        let source = Source(name: "world.yaml", text: ManifestPrinter.print(state))
        let documents = DocumentDecoder().decode([source])
        let assembly = ClusterAssembly(documents)
        let errors = (documents.diagnostics + assembly.diagnostics)
            .filter { $0.severity == .error }
        try #require(errors.isEmpty, "\(errors.map(\.description))")
        return assembly.state
    }
}
