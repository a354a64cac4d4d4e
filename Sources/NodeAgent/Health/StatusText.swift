// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// A status as `sluice status` prints it.
public struct StatusText: Sendable {
    /// The lines.
    public let text: String

    /// The lines for a status.
    ///
    /// - Parameter now: The present time, for ages.
    public init(_ status: AgentStatus, now: Date) {
        let state = status.isReady ? "ready" : "not ready"
        var rows: [(String, String)] = [
            ("in sync", status.isInSync ? "yes" : "no: the source has not been read in whole yet")
        ]
        let last = status.lastSuccess.map { Self.time($0, now: now) }
        switch (status.isInForce, last) {
        case (true, let last?): rows.append(("in force", "yes, as of \(last)"))
        case (true, nil): rows.append(("in force", "yes"))
        case (false, let last?): rows.append(("in force", "no; it was, as of \(last)"))
        case (false, nil): rows.append(("in force", "no, and never was"))
        }
        if status.failuresInARow > 0 {
            rows.append(("failures in a row", "\(status.failuresInARow)"))
        }
        rows.append(("governed pods", "\(status.governedEndpoints)"))
        if let files = status.podFiles {
            rows.append(
                (
                    "pods' files",
                    "\(files.files) of \(files.pods) pods in \(LineText.printable(files.directory))"
                ))
        }
        let objects = status.objects.sorted { $0.key < $1.key }
            .map { "\(LineText.printable($0.key)) \($0.value)" }
        rows.append(("objects", objects.isEmpty ? "none" : objects.joined(separator: ", ")))
        if let contacts = status.contactSummary { rows.append(("source", contacts)) }
        rows.append(("ownership", LineText.printable(status.ownership)))
        rows.append(("drift repaired", Self.times(status.driftRepaired)))
        if let proof = status.proof {
            rows.append(
                (
                    "policies in kernel",
                    "\(LineText.printable(proof.outcome)), as of \(Self.time(proof.time, now: now))"
                ))
        }
        rows.append(("started", Self.time(status.started, now: now)))
        let width = rows.map(\.0.count).max() ?? 0
        var lines = ["\(LineText.printable(status.node)): \(state)"]
        lines += rows.map {
            "  \($0.0)\(String(repeating: " ", count: width - $0.0.count))  \($0.1)"
        }
        let stale = Staleness(status.contacts).lines
        if !stale.isEmpty { lines += ["stale:"] + stale.map { "  \($0)" } }
        if !status.problems.isEmpty {
            lines.append("problems:")
            lines += status.problems.map { "  \(LineText.printable($0))" }
        }
        if let findings = status.proof?.findings, !findings.isEmpty {
            lines.append("findings of the proof:")
            lines += findings.map { "  \(LineText.printable($0))" }
        }
        text = lines.map { "\($0)\n" }.joined()
    }

    private static func times(_ count: Int) -> String {
        switch count {
        case 0: "never"
        case 1: "once"
        default: "\(count) times"
        }
    }

    /// `2026-11-23T19:00:00Z (2m5s ago)`.
    private static func time(_ date: Date, now: Date) -> String {
        let age = max(0, now.timeIntervalSince(date).rounded(.down))
        let text = DurationText.text(.seconds(Int64(min(age, 1e12))))
        return "\(Date.ISO8601FormatStyle().format(date)) (\(text) ago)"
    }
}
