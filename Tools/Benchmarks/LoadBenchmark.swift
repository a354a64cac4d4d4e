// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetfilterKernel
import NftablesModel
import NodeCompiler
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import RulesetDiff

/// From manifests to a policed kernel, stage by stage, in a cluster of 10,000 pods and 1,000
/// policies; beside `nft -f` loading the same ruleset. Both write to a network namespace of their
/// own, empty before each run. Then compile and commit once more with a cluster of Calico's tiers.
struct LoadBenchmark {
    let report: Report
    let runs: Int

    func run() throws {
        let cluster = LargeCluster.forLoad
        let manifests = ManifestPrinter.print(cluster.state())
        let json = JSONManifests(cluster.state()).text
        report.note(
            "manifests: YAML \(manifests.utf8.count / 1024) KiB, JSON \(json.utf8.count / 1024) KiB"
        )
        try decode("decode YAML", Source(name: "cluster.yaml", text: manifests), runs: 3)
        try decode("decode JSON", Source(name: "cluster.json", text: json), runs: runs)

        let state = try Self.decoded(Source(name: "cluster.json", text: json))
        try load(state)
        try memory(json)
        try load(TieredCluster.standard.state(), "tiers: ")
    }

    private func decode(_ name: String, _ source: Source, runs: Int) throws {
        let sample = try Sample(runs: runs) { _ = try Self.decoded(source) }
        report.print(.init(name: name, unit: "ms", ours: sample))
    }

    private static func decoded(_ source: Source) throws -> ClusterState {
        let documents = DocumentDecoder().decode([source])
        let assembly = ClusterAssembly(documents)
        if let error = (documents.diagnostics + assembly.diagnostics)
            .first(where: { $0.severity == .error })
        {
            throw BenchmarkFailure(text: error.description)
        }
        return assembly.state
    }

    /// Compile and commit, then nft, in turn.
    private func load(_ state: ClusterState, _ prefix: String = "") throws {
        let table = NodeCompilation(state, node: LargeCluster.localNode).table
        report.note(
            """
            \(prefix)ruleset: \(table.chains.count) chains, \
            \(table.chains.map(\.rules.count).reduce(0, +)) rules, \(table.sets.count) sets, \
            \(table.sets.map(\.elements.count).reduce(0, +)) elements
            """)
        let file = URL(fileURLWithPath: NSTemporaryDirectory())
            .appendingPathComponent("sluice-\(getpid()).nft")
        try table.text().write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let clock = ContinuousClock()
        var compiling: [Double] = []
        var committing: [Double] = []
        var together: [Double] = []
        var nft: [Double] = []
        // All stay until the end: the kernel takes a namespace down in the background, beside the
        // next run.
        var namespaces: [PolicyTestKit.NetworkNamespace] = []
        for run in 0...runs {
            let ours = try PolicyTestKit.NetworkNamespace("load")
            let ruleset = try KernelRuleset(
                in: NetfilterKernel.NetworkNamespace(path: "/run/netns/\(ours.name)"))
            var wanted = Table(name: "")
            let compile = clock.measure {
                wanted = NodeCompilation(state, node: LargeCluster.localNode).table
            }
            let commit = try clock.measure {
                let observed = try ruleset.read(table: wanted.name)
                try ruleset.commit(Transaction(from: observed, to: wanted))
            }
            let theirs = try PolicyTestKit.NetworkNamespace("nft")
            namespaces += [ours, theirs]
            let other = try clock.measure {
                try theirs.execute(["nft", "-f", file.path])
            }
            if run == 0 { continue }
            compiling.append(compile.milliseconds)
            committing.append(commit.milliseconds)
            together.append(compile.milliseconds + commit.milliseconds)
            nft.append(other.milliseconds)
        }
        report.print(.init(name: "\(prefix)compile", unit: "ms", ours: Sample(compiling)))
        report.print(.init(name: "\(prefix)commit", unit: "ms", ours: Sample(committing)))
        report.print(
            .init(
                name: "\(prefix)compile and commit", unit: "ms", ours: Sample(together),
                other: Sample(nft), otherIs: "nft -f"))
    }

    /// The peak of a whole `sluice render` process that reads the JSON.
    private func memory(_ json: String) throws {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let command = folder.appendingPathComponent("sluice").path
        let file = URL(fileURLWithPath: NSTemporaryDirectory())
            .appendingPathComponent("sluice-\(getpid()).json")
        try json.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let peak = try ChildPeak.megabytes([
            command, "render", "-f", file.path, "--node", LargeCluster.localNode,
        ])
        report.print(.init(name: "peak memory of render", unit: "MiB", ours: Sample([peak])))
    }
}

/// Why a measurement could not be made.
struct BenchmarkFailure: Error, CustomStringConvertible {
    var text: String
    var description: String { text }
}
