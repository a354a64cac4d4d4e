// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// Prints results as a table or, with `--json`, one object a line.
struct Report {
    let benchmark: String
    let isJSON: Bool

    /// One result, beside another of the same work where there is something to compare with.
    struct Line {
        var name: String
        var unit: String
        var ours: Sample
        var other: Sample?
        /// What the other is: `nft -f`.
        var otherIs: String?
    }

    func print(_ line: Line) {
        let ratio = line.other.map { $0.median / line.ours.median }
        if isJSON {
            var fields = [
                "\"bench\": \"\(benchmark)\"", "\"case\": \"\(line.name)\"",
                "\"unit\": \"\(line.unit)\"", "\"ours\": \(Self.number(line.ours.median))",
            ]
            if line.ours.values.count >= 100 {
                fields.append("\"p99\": \(Self.number(line.ours.p99))")
            }
            if let other = line.other, let ratio {
                fields.append("\"other\": \(Self.number(other.median))")
                fields.append("\"other_is\": \"\(line.otherIs ?? "")\"")
                fields.append("\"ratio\": \(Self.number(ratio))")
            }
            fields.append("\"runs\": \(line.ours.values.count)")
            fields.append("\"minimum\": \(Self.number(line.ours.minimum))")
            fields.append("\"maximum\": \(Self.number(line.ours.maximum))")
            fields.append("\"spread\": \(Self.number(line.ours.spread))")
            write("{\(fields.joined(separator: ", "))}\n")
            return
        }
        var text = "\(line.name): \(Self.number(line.ours.median)) \(line.unit)"
        text += " (\(Self.number(line.ours.minimum))-\(Self.number(line.ours.maximum))"
        if line.ours.values.count >= 100 { text += ", p99 \(Self.number(line.ours.p99))" }
        text += ", \(line.ours.values.count) runs)"
        if let other = line.other, let ratio {
            text += "; \(line.otherIs ?? "other"): \(Self.number(other.median)) \(line.unit)"
            text += " (\(Self.number(other.minimum))-\(Self.number(other.maximum)))"
            text += "; ratio \(Self.number(ratio))"
        }
        write(text + "\n")
    }

    /// One result of a form of its own: its JSON, or what it is for people.
    func print(json fields: [String], text: String) {
        let all = ["\"bench\": \"\(benchmark)\""] + fields
        write(isJSON ? "{\(all.joined(separator: ", "))}\n" : text + "\n")
    }

    /// A remark that belongs to no result.
    func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// What begins a remark that is of no interest once the work is done.
    static let progressMark = "... "

    /// Says what is being done.
    func progress(_ text: String) { note(Self.progressMark + text) }

    private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    static func number(_ value: Double) -> String {
        String(format: value < 10 ? "%.3f" : "%.1f", value)
    }
}
