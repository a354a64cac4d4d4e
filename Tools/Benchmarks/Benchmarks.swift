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
            json     a server's list of pods, from its bytes to the source's objects, beside Foundation
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
            world    worlds of the field and hostile ones, up to 100,000 pods and 10,000 policies: \
            compiling, committing, memory, objects, and how these grow; fails where one exceeds its \
            limits (--style, --pods, --policies, --namespaces, --local-pods, --seed, --runs: 3 unless \
            given); with --manifests FOLDER it measures nothing and writes the world there
            churn    a thousand changes a second for a minute beside such a world's table (--rate, \
            --seconds, and world's options)
            all      the named benchmarks, or every one; --record writes Tools/Benchmarks/Results.md

            Prints medians; behind each the smallest and the largest of the runs. Absolute times \
            belong to the machine; only ratios and growth say something about the code.
            """)

    enum Name: String, ExpressibleByArgument, CaseIterable {
        case load
        case json
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
        case world
        case churn
        /// Others, one after the other.
        case all
    }

    @Argument(help: "Which benchmark.")
    var name: Name

    @Argument(help: "For all: which benchmarks; every one unless given.")
    var others: [Name] = []

    @Flag(help: "One JSON object a line.")
    var json = false

    @Option(help: "Runs that count, most after one that does not: 7 unless given.")
    var runs: Int?

    @Option(
        help:
            "For world, churn, json and follow: how many pods; there are a tenth as many policies.")
    var pods: Int?

    @OptionGroup(title: "For world and churn")
    var world: WorldOptions

    @Option(help: "For churn: how long.")
    var seconds = 60

    @Option(help: "For churn: how many changes a second.")
    var rate = 1_000

    @Flag(help: "For all: write the results to the page of the documentation.")
    var record = false

    @Option(help: "For all: another page.")
    var page = "Tools/Benchmarks/Results.md"

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
        case .json: try JSONBenchmark(report: report, pods: pods ?? 10_000, runs: runs ?? 7).run()
        case .render: RenderBenchmark(report: report, runs: runs ?? 7).run()
        case .update:
            try UpdateBenchmark(report: report, changes: runs ?? 200, ownership: owner).run()
        case .world: try runWorld(report)
        case .churn:
            let churned = world.style ?? .services
            try ChurnBenchmark(
                report: report, world: world.world(churned, pods: pods), seconds: seconds,
                rate: rate
            ).run()
        case .all:
            let chosen = others.isEmpty ? Name.allCases.filter { $0 != .all } : others
            try AllBenchmarks(
                names: chosen.map(\.rawValue),
                options: runs.map { ["--runs", "\($0)"] } ?? [],
                page: record ? URL(fileURLWithPath: page) : nil
            ).run()
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

    private func runWorld(_ report: Report) throws {
        if let folder = world.manifests {
            let chosen = world.world(world.style ?? .services, pods: pods)
            let files = try WorldManifestFolder(folder: URL(fileURLWithPath: folder)).write(chosen)
            report.note("\(files.count) files in \(folder)")
            return
        }
        if world.alone, let style = world.style {
            let run = try WorldRun(world.world(style, pods: pods))
            print(String(decoding: try JSONEncoder().encode(run), as: UTF8.self))
            return
        }
        let styles = world.style.map { [$0] } ?? ScaledWorld.Style.measured
        try WorldBenchmark(
            report: report, runs: runs ?? 3, worlds: styles.map { world.world($0, pods: pods) }
        ).run()
    }
}
