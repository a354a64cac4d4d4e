// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import Foundation
import PolicyTestKit

/// The measurements behind `Tools/bench`.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures Sluice, beside nft where both do the same work in the same run.",
        discussion: """
            load     from manifests to a policed kernel, stage by stage, beside nft -f
            render   compile time alone at 1,000, 10,000 and 100,000 pods, and under tiers
            update   one change at a time beside a large table, and beside nft -f - (--runs: changes \
            of each kind, 200 unless given)
            burst    batches and objects of hostile sizes, each at half its size and at the whole
            verify   reading the table back and proving it, at 1,000, 10,000 and 100,000 pods
            matrix   who reaches whom, from manifests to JSON, at 250, 500 and 1,000 pods
            selectors  1,000 of Calico's selectors over 10,000 endpoints, beside asking every pair \
            (--runs: 7 unless given)
            follow   an agent behind an API server: list and commit, one change at a time, a thousand \
            a second (--pods: 100,000 unless given)
            packets  what a packet pays under our rulesets, Felix-shaped ones and flat ones (--cases, \
            --full; --runs: 9 unless given)
            connections  TCP connections a second between two pods, 100 and 500 policies on the node \
            (--runs: 9 unless given)
            memory   resident memory of each stage at 100,000 pods and 10,000 policies
            world    prints manifests, as JSON: those that load measures, or of another size (--pods)

            Prints medians; behind each the smallest and the largest of the runs. Absolute times \
            belong to the machine; only ratios and growth say something about the code.
            """)

    enum Name: String, ExpressibleByArgument, CaseIterable {
        case load
        case render
        case update
        case burst
        case verify
        case matrix
        case selectors
        case follow
        case memory
        case packets
        case connections
        /// Not a measurement: prints the manifests of the cluster that `load` measures.
        case world
    }

    @Argument(help: "Which benchmark.")
    var name: Name

    @Flag(help: "One JSON object a line.")
    var json = false

    @Option(help: "Runs that count, after one that does not: 7 unless given.")
    var runs: Int?

    @Option(help: "For world and follow: how many pods; there are a tenth as many policies.")
    var pods: Int?

    @Option(
        help: "For packets: only cases whose names have one of these parts, divided by semicolons.")
    var cases: String?

    @Flag(help: "For packets: every combination of cases.")
    var full = false

    @Flag(help: "For update: the table is the agent's own, and nobody else can change it.")
    var owner = false

    func run() async throws {
        let report = Report(benchmark: name.rawValue, isJSON: json)
        switch name {
        case .load: try LoadBenchmark(report: report, runs: runs ?? 7).run()
        case .render: RenderBenchmark(report: report, runs: runs ?? 7).run()
        case .update:
            try UpdateBenchmark(report: report, changes: runs ?? 200, ownership: owner).run()
        case .world:
            let pods = pods ?? LargeCluster.forLoad.pods
            let cluster = LargeCluster(pods: pods, policies: pods / 10, localPods: min(pods, 110))
            print(JSONManifests(cluster.state()).text)
        case .burst: try BurstBenchmark(report: report, runs: runs ?? 3).run()
        case .verify: try VerifyBenchmark(report: report, runs: runs ?? 5).run()
        case .matrix: MatrixBenchmark(report: report, runs: runs ?? 7).run()
        case .selectors: try SelectorsBenchmark(report: report, runs: runs ?? 7).run()
        case .follow:
            try await FollowBenchmark(
                report: report, pods: pods ?? 100_000, changes: runs ?? 200
            ).run()
        case .memory: try MemoryBenchmark(report: report).run()
        case .connections: try ConnectionsBenchmark(report: report, rounds: runs ?? 9).run()
        case .packets:
            try PacketsBenchmark(
                report: report, rounds: runs ?? 9,
                selection: cases?.split(separator: ";").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }, isFull: full
            ).run()
        }
    }
}
