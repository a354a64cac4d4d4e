// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyTestKit

/// Worlds of each style at a quarter, half and the whole of their size: how long it takes from the
/// decoded objects to the table and into the kernel, how much memory, and how both grow.
///
/// Each run is a process of its own, so that no other one's memory is in its peak, and none is faster
/// because of what another has left.
struct WorldBenchmark {
    let report: Report
    let runs: Int
    let worlds: [ScaledWorld]

    private static let divisors = [4, 2, 1]

    /// What no world may exceed.
    enum Limit {
        /// In milliseconds, at any size up to 100,000 pods.
        static let compile = 2_000.0
        /// Of the processor time for compiling, over input and output. *n* log *n* gives 1.1 over these
        /// sizes; the rest is for caches that the whole does not fit in.
        static let time = 1.25
        /// Of the whole process, over input and output.
        static let memory = 1.1
        /// From decoded objects to the acknowledged commit, in milliseconds.
        static let start = 3_000.0
        /// At the peak, the whole process, in MiB: 250 MB.
        static let peak = 250e6 / 1_048_576
    }

    func run() throws {
        var missed: [String] = []
        for world in worlds { missed += try measure(world) }
        if missed.isEmpty { return }
        throw BenchmarkFailure(text: "missed:\n" + missed.joined(separator: "\n"))
    }

    /// - Returns: which limits the world exceeds.
    private func measure(_ world: ScaledWorld) throws -> [String] {
        var sizes: [WorldSeries] = []
        for divisor in Self.divisors {
            let part = world.divided(by: divisor)
            var series = WorldSeries()
            for run in 0..<runs {
                report.progress(
                    """
                    \(part.style.rawValue): \(part.pods) pods, \(part.policies) policies, \
                    \(part.namespaces) namespaces, \(part.localPods) local: run \(run + 1) of \(runs)
                    """)
                do {
                    series.runs.append(try Self.execute(part))
                } catch {
                    // The other worlds are measured all the same.
                    return ["\(part.style.rawValue) at \(part.pods) pods: \(error)"]
                }
            }
            sizes.append(series)
        }
        return print(world, sizes)
    }

    private static func execute(_ world: ScaledWorld) throws -> WorldRun {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "world", "--alone", "--style", world.style.rawValue, "--pods", "\(world.pods)",
            "--policies", "\(world.policies)", "--namespaces", "\(world.namespaces)",
            "--local-pods", "\(world.localPods)", "--seed", "\(world.seed)",
        ]
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkFailure(
                text: "\(world.style.rawValue) ended with \(process.terminationStatus)")
        }
        return try JSONDecoder().decode(WorldRun.self, from: data)
    }

    private func print(_ world: ScaledWorld, _ sizes: [WorldSeries]) -> [String] {
        let name = world.style.rawValue
        func line(_ what: String, _ unit: String, _ sample: Sample) {
            report.print(.init(name: "\(name): \(what)", unit: unit, ours: sample))
        }
        let (smallest, whole) = (sizes[0], sizes[sizes.count - 1])
        for (divisor, series) in zip(Self.divisors, sizes) where divisor > 1 {
            line("compile at 1/\(divisor)", "ms", series.sample(\.compile))
        }
        line("compile", "ms", whole.sample(\.compile))
        line("compile, processor time", "ms", whole.sample(\.compileProcessor))
        let isCommitted = sizes.allSatisfy { $0.runs.allSatisfy(\.isCommitted) }
        if isCommitted {
            line("commit", "ms", whole.sample(\.commit))
            line("decoded to committed", "ms", whole.sample { $0.compile + $0.commit })
        }
        line("decoded objects", "MiB", whole.sample { $0.objects - $0.bare })
        line("compiling and committing, peak", "MiB", whole.sample { $0.peak - $0.objects })
        line("whole process, peak", "MiB", whole.sample(\.peak))
        line("whole process, afterwards", "MiB", whole.sample(\.kept))
        line(
            "kept for each pod", "bytes",
            whole.sample { ($0.kept - $0.bare) * 1_048_576 / Double(world.pods) })
        line("input", "parts", whole.sample { Double($0.input) })
        line("chains", "objects", whole.sample { Double($0.chains) })
        line("rules", "objects", whole.sample { Double($0.rules) })
        line("sets", "objects", whole.sample { Double($0.sets) })
        line("elements", "objects", whole.sample { Double($0.elements) })
        let time = whole.exponent(from: smallest) { $0.compileProcessor }
        let commit = whole.exponent(from: smallest) { $0.commit }
        let memory = whole.exponent(from: smallest) { $0.peak - $0.bare }
        line("growth of compiling", "exponent", Sample([time]))
        if isCommitted { line("growth of committing", "exponent", Sample([commit])) }
        line("growth of memory", "exponent", Sample([memory]))

        var missed: [String] = []
        if !isCommitted {
            missed.append("\(name): more than \(WorldRun.mostElements) elements: not committed")
        }
        func hold(_ what: String, _ value: Double, to limit: Double, _ unit: String) {
            if value <= limit { return }
            missed.append(
                "\(name): \(what): \(value.rounded(to: 2)) \(unit), limit \(limit.rounded(to: 2))")
        }
        hold("compile", whole.sample(\.compile).median, to: Limit.compile, "ms")
        hold("growth of compiling", time, to: Limit.time, "")
        hold("growth of memory", memory, to: Limit.memory, "")
        hold(
            "decoded to committed", whole.sample { $0.compile + $0.commit }.median,
            to: Limit.start, "ms")
        hold("peak", whole.sample(\.peak).median, to: Limit.peak, "MiB")
        return missed
    }
}

/// The runs of one world at one size.
private struct WorldSeries {
    var runs: [WorldRun] = []

    func sample(_ value: (WorldRun) -> Double) -> Sample { Sample(runs.map(value)) }

    /// The power of input and output with which a value has grown from a smaller world.
    func exponent(from smaller: WorldSeries, _ value: (WorldRun) -> Double) -> Double {
        func size(_ series: WorldSeries) -> Double {
            series.sample { Double($0.input + $0.output) }.median
        }
        let growth = sample(value).median / smaller.sample(value).median
        return log(growth) / log(size(self) / size(smaller))
    }
}
