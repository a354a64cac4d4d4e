// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import MatchIR
import NftablesLowering
import NodeCompiler
import PolicyModel
import PolicyResolution
import PolicyTestKit

/// What the stages that are kept up to date hold in memory, one after the other, at 100,000 pods,
/// 10,000 policies and 110 pods of the node.
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
            members: resolved.members, questions: resolved.questions)
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
    }

    private func print(_ stage: String, since before: Double) throws {
        report.print(
            .init(name: stage, unit: "MiB", ours: Sample([try resident("VmRSS:") - before])))
    }

    /// A line of `/proc/self/status` in MiB.
    private func resident(_ key: String) throws -> Double {
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        guard let kilobytes = line?.split(separator: " ").dropLast().last.flatMap({ Double($0) })
        else { throw BenchmarkFailure(text: "/proc/self/status has no \(key)") }
        return kilobytes / 1024
    }
}
