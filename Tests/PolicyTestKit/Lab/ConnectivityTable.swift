// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Who can talk to whom by one protocol and port, as text: a row for each asker and a column for
/// each one asked.
public struct ConnectivityTable: Sendable, CustomStringConvertible {
    private let rows: [LabEndpoint]
    private let columns: [LabEndpoint]
    private let cells: [Cell: [Outcome]]

    private struct Cell: Hashable {
        let from: LabEndpoint
        let to: LabEndpoint
    }

    /// A table of those probes that speak the protocol to the port.
    ///
    /// - Parameters:
    ///   - probes: the probes of a run.
    ///   - outcomes: their outcomes, in the same order.
    ///   - protocol: the protocol to show.
    ///   - port: the port to show; without a meaning for ICMP.
    public init(
        _ probes: [Probe], _ outcomes: [Outcome], protocol: ProbeProtocol, port: UInt16 = 0
    ) {
        var rows: [LabEndpoint] = []
        var columns: [LabEndpoint] = []
        var cells: [Cell: [Outcome]] = [:]
        for (probe, outcome) in zip(probes, outcomes)
        where probe.protocol == `protocol` && (probe.port == port || `protocol` == .icmp) {
            if !rows.contains(probe.from) { rows.append(probe.from) }
            if !columns.contains(probe.to) { columns.append(probe.to) }
            cells[Cell(from: probe.from, to: probe.to), default: []].append(outcome)
        }
        self.rows = rows
        self.columns = columns
        self.cells = cells
    }

    /// The table: `yes` where all probes were delivered, `-` where none was, `some` where the
    /// addresses of a pair differ, and nothing where none was sent.
    public var description: String {
        let header = [""] + columns.map(\.description)
        let lines = rows.map { from in
            [from.description] + columns.map { text(cells[Cell(from: from, to: $0)] ?? []) }
        }
        let table = [header] + lines
        let widths = header.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        return table.map { line in
            let cells = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let text = cells.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    private func text(_ outcomes: [Outcome]) -> String {
        let delivered = outcomes.count(where: \.isDelivered)
        if outcomes.isEmpty { return "" }
        if delivered == 0 { return "-" }
        return delivered == outcomes.count ? "yes" : "some"
    }
}
