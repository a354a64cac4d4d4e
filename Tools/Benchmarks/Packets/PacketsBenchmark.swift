// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit

/// What a packet pays for policies: processor time of the kernel for each packet that a node
/// forwards, under rulesets of several shapes for the same policies.
///
/// An XDP program (`BPF_PROG_TEST_RUN` with live frames) makes packets that the kernel takes for
/// arrived at a tap; the node forwards them to an ifb device. All of that runs in the calling
/// thread, on one processor, so that its processor time is what they cost.
struct PacketsBenchmark {
    let report: Report
    /// Rounds that count for each case.
    let rounds: Int
    let cases: [PacketCase]

    /// - Parameters:
    ///   - selection: parts of cases' names, of which a case must have one; nil for all.
    ///   - isFull: whether to choose from every combination.
    init(report: Report, rounds: Int, selection: [String]?, isFull: Bool) {
        self.report = report
        self.rounds = rounds
        cases = (isFull ? PacketCase.full : PacketCase.usual).filter { kind in
            selection?.contains { kind.name.contains($0) } ?? true
        }
    }

    func run() throws {
        guard !cases.isEmpty else { throw BenchmarkFailure(text: "no case has such a name") }
        var nodes: [PacketShape: ForwardingNode] = [:]
        for shape in PacketShape.allCases { nodes[shape] = try ForwardingNode(shape.key) }
        var goals = PacketGoals()
        let clock = ContinuousClock()
        let start = clock.now
        for (number, kind) in cases.enumerated() {
            let seconds = Int((clock.now - start).milliseconds / 1_000)
            report.note("\(number + 1) of \(cases.count), \(seconds) s: \(kind.name)")
            let results = try PacketMeasurement(kind: kind, rounds: rounds, nodes: nodes).run()
            for shape in PacketShape.allCases { print(kind, shape, results) }
            goals.note(kind, results)
        }
        goals.print(report)
    }

    private func print(
        _ kind: PacketCase, _ shape: PacketShape, _ results: [PacketShape: PacketMeasurement.Result]
    ) {
        let result = results[shape]!
        let added = result.added
        let ratio = added.median / results[.sluice]!.added.median
        var fields = [
            "\"case\": \"\(kind.name)\"", "\"shape\": \"\(shape.key)\"", "\"unit\": \"ns\"",
            "\"time\": \(Report.number(result.time.median))",
            "\"added\": \(Report.number(added.median))",
            "\"added_min\": \(Report.number(added.minimum))",
            "\"added_max\": \(Report.number(added.maximum))",
            "\"runs\": \(added.values.count)",
        ]
        var text = "\(kind.name): \(shape.rawValue): \(Self.signed(added.median)) ns"
        text += " (\(Self.signed(added.minimum)) to \(Self.signed(added.maximum)),"
        text += " \(added.values.count) runs) of \(Int(result.time.median.rounded()))"
        if !kind.isEstablished, ![.bare, .tracked, .control].contains(shape) {
            fields.append("\"ratio\": \(Report.number(ratio))")
            text += "; \(Report.number(ratio)) times ours"
        }
        report.print(
            json: fields + result.objects.json,
            text: shape == .bare ? text : "\(text); \(result.objects.text)")
    }

    /// Whole nanoseconds: the fractions say nothing.
    private static func signed(_ value: Double) -> String {
        "\(value < 0 ? "" : "+")\(Int(value.rounded()))"
    }
}
