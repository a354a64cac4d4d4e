// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import MatchIR
import NftablesLowering
import NodeCompiler
import PolicyModel
import PolicyResolution
import PolicyTestKit

/// What the stages that are kept up to date hold in memory, one after the other, at 100,000 pods,
/// 10,000 policies and 110 pods of the node; and then a running agent that reads the same cluster from
/// a file, its source's copy of it included.
struct MemoryBenchmark {
    let report: Report

    private static let cluster = LargeCluster(pods: 100_000, policies: 10_000, localPods: 110)

    func run() throws {
        let before = try resident("VmRSS:")
        var state: ClusterState? = Self.cluster.state()
        var changes: [ClusterChange]? = state!.asChanges
        state = nil
        try print("objects of the cluster", since: before)
        let resolution = LiveResolution(node: LargeCluster.localNode)
        let resolved = resolution.apply(changes!)
        try print("resolution, with the objects", since: before)
        changes = nil
        try print("resolution, without the list of changes", since: before)
        let program = LiveProgram(resolution)
        let change = program.apply(
            locals: resolved.locals.mapValues { $0.map(LiveProgram.Input.init) },
            members: resolved.members, blocks: resolved.blocks, questions: resolved.questions)
        try print("program", since: before)
        let table = LiveTable(program)
        _ = try table.apply(change)
        try print("table", since: before)
        report.print(
            .init(
                name: "whole process", unit: "MiB", ours: Sample([try resident("VmRSS:")])))
        report.print(
            .init(name: "peak", unit: "MiB", ours: Sample([try resident("VmHWM:")])))
        withExtendedLifetime((resolution, program, table)) {}
        try agent()
    }

    private func agent() throws {
        let site = try AgentSite("memory", node: LargeCluster.localNode)
        let manifests = JSONManifests(Self.cluster.state()).text
        report.note("manifests: JSON \(manifests.utf8.count >> 20) MiB in one file")
        try site.folder.replace("cluster.json", manifests)
        let process = try site.start()
        guard try site.awaitReady(within: .seconds(180)) else {
            throw BenchmarkFailure(text: "the agent was not ready in time:\n\(process.log)")
        }
        sleep(3)
        let before = process.processorTime
        sleep(5)
        let idle = process.processorTime - before
        let status = "/proc/\(process.identifier)/status"
        let lines: [(String, Double)] = [
            ("agent", try resident("VmRSS:", in: status)),
            ("agent, peak", try resident("VmHWM:", in: status)),
        ]
        for (name, size) in lines {
            report.print(.init(name: name, unit: "MiB", ours: Sample([size])))
        }
        report.print(
            .init(name: "agent, idle for 5 s", unit: "ms of CPU", ours: Sample([idle * 1_000])))
        process.signal(SIGTERM)
        _ = process.awaitEnd(within: .seconds(10))
    }

    private func print(_ stage: String, since before: Double) throws {
        report.print(
            .init(name: stage, unit: "MiB", ours: Sample([try resident("VmRSS:") - before])))
    }

    /// A line of a process's status in MiB.
    private func resident(_ key: String, in status: String = "/proc/self/status") throws -> Double {
        let text = try String(contentsOfFile: status, encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        guard let kilobytes = line?.split(separator: " ").dropLast().last.flatMap({ Double($0) })
        else { throw BenchmarkFailure(text: "\(status) has no \(key)") }
        return kilobytes / 1024
    }
}
