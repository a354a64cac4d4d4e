// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit

/// Who reaches what, from real connections, beside what was expected.
struct Reachability {
    /// One connection that was tried.
    struct Trial {
        let caller: Party
        let service: Service
        let probe: Probe
        let expected: Outcome
        let outcome: Outcome

        var isOverIPv6: Bool { probe.source.contains(":") }
    }

    let trials: [Trial]
    private let expectation: Expectation

    /// Tries every connection of the expectation, over IPv4 and IPv6.
    ///
    /// - Throws: `LabError` when a connection cannot even be tried.
    init(_ expectation: Expectation, in lab: Lab) throws {
        self.expectation = expectation
        var plan: [(caller: Party, service: Service, probe: Probe, expected: Outcome)] = []
        for row in expectation.rows {
            for (service, sign) in zip(expectation.columns, row.signs) where sign != "." {
                for probe in service.probes(from: row.caller) {
                    plan.append((row.caller, service, probe, sign == "+" ? .answered : .silent))
                }
            }
        }
        let outcomes = try lab.prober.run(plan.map(\.probe), expecting: plan.map(\.expected))
        trials = zip(plan, outcomes).map { plan, outcome in
            Trial(
                caller: plan.caller, service: plan.service, probe: plan.probe,
                expected: plan.expected, outcome: outcome)
        }
    }

    /// The trials that did not come out as expected, among those that the filter takes.
    func surprises(where isMeant: (Trial) -> Bool = { _ in true }) -> [String] {
        trials.filter { isMeant($0) && $0.outcome != $0.expected }
            .map { "\($0.probe): \($0.outcome), expected \($0.expected)" }
    }

    /// A row for each caller and a column for each service: `yes` where both families get through,
    /// `-` where neither does.
    var text: String {
        let columns = expectation.columns
        let names = ["from \\ to"] + columns.map(\.name)
        let rows = expectation.rows.map { row in
            [row.caller.name] + columns.map { cell(row.caller, $0) }
        }
        let owners = owners
        let lines = [owners, names] + rows
        let widths = names.indices.map { column in
            lines.indices.map { line in
                // A name over several columns may be wider than the first of them.
                let isSpread = line == 0 && column + 1 < names.count && owners[column + 1].isEmpty
                return isSpread ? 0 : lines[line][column].count
            }.max()!
        }
        return lines.map { Self.line($0, widths) }.joined(separator: "\n")
    }

    /// The upper header: who is asked, over the first of its columns.
    private var owners: [String] {
        var last: Party?
        return [""]
            + expectation.columns.map { column in
                defer { last = column.party }
                return column.party == last ? "" : column.party.name
            }
    }

    private func cell(_ caller: Party, _ service: Service) -> String {
        let own = trials.filter { $0.caller == caller && $0.service == service }
        let outcomes = Set(own.map(\.outcome))
        switch (outcomes.count, outcomes.first) {
        case (0, _): return ""
        case (1, .answered): return "yes"
        case (1, .silent): return "-"
        case (1, .refused): return "refused"
        default:
            let families = Set(own.filter { $0.outcome == .answered }.map(\.isOverIPv6))
            return families.count == 1 ? (families == [true] ? "v6 only" : "v4 only") : "mixed"
        }
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        var start = 0
        for (cell, width) in zip(cells, widths) {
            if !cell.isEmpty {
                line += String(repeating: " ", count: start - line.count) + cell
            }
            start += width + 2
        }
        return line
    }
}
