// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// Results of benchmarks as a page in Markdown, a section for each benchmark. What is not measured again
/// keeps its section.
struct ResultsPage {
    private var sections: [String: String] = [:]

    private static let head = """
        # Results of the benchmarks

        `Tools/bench all --record` measures all of this again and writes this page; with names behind `all` it \
        measures those and leaves the other sections as they are. Each figure is a median; behind it \
        stand the smallest and the largest run. Absolute times belong to the machine: compare figures of one \
        section only.

        """

    /// A page as it was written before.
    init(reading text: String = "") {
        for part in "\n\(text)".components(separatedBy: "\n## ").dropFirst() {
            guard let name = part.split(separator: "\n").first else { continue }
            sections[String(name)] = "## " + part.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// One line of a benchmark's report with `--json`, of whichever kind.
    struct Line: Decodable {
        var name: String
        var unit: String
        var ours: Double
        var minimum: Double
        var maximum: Double
        var p99: Double?
        var runs: Int
        var other: Double?
        var otherIs: String?
        var ratio: Double?

        private enum CodingKeys: String, CodingKey {
            case name = "case"
            case unit, ours, minimum, maximum, p99, runs, other, ratio
            case otherIs = "other_is"
            case goal, value, limit, met
            case shape, added
            case addedMinimum = "added_min"
            case addedMaximum = "added_max"
            case part
            case partMinimum = "part_min"
            case partMaximum = "part_max"
            case rules, sets, elements
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            if let goal = try fields.decodeIfPresent(String.self, forKey: .goal) {
                try self.init(goal, fields)
            } else if let shape = try fields.decodeIfPresent(String.self, forKey: .shape) {
                try self.init(shape: shape, fields)
            } else {
                try self.init(fields)
            }
        }

        /// One measurement, perhaps beside another.
        private init(_ fields: KeyedDecodingContainer<CodingKeys>) throws {
            name = try fields.decode(String.self, forKey: .name)
            unit = try fields.decode(String.self, forKey: .unit)
            ours = try fields.decode(Double.self, forKey: .ours)
            minimum = try fields.decode(Double.self, forKey: .minimum)
            maximum = try fields.decode(Double.self, forKey: .maximum)
            p99 = try fields.decodeIfPresent(Double.self, forKey: .p99)
            runs = try fields.decode(Int.self, forKey: .runs)
            other = try fields.decodeIfPresent(Double.self, forKey: .other)
            otherIs = try fields.decodeIfPresent(String.self, forKey: .otherIs)
            ratio = try fields.decodeIfPresent(Double.self, forKey: .ratio)
        }

        /// A goal with what was measured.
        private init(_ goal: String, _ fields: KeyedDecodingContainer<CodingKeys>) throws {
            let isMet = try fields.decode(Bool.self, forKey: .met)
            let limit = try fields.decode(Double.self, forKey: .limit)
            name = "goal, \(isMet ? "met" : "missed"): \(goal)"
            unit = "of \(ResultsPage.text(limit))"
            ours = try fields.decode(Double.self, forKey: .value)
            (minimum, maximum, runs) = (ours, ours, 1)
        }

        /// One of several rulesets that are measured side by side: what it costs a packet, or what is left
        /// of the connections.
        private init(
            shape: String, _ fields: KeyedDecodingContainer<CodingKeys>
        ) throws {
            let rules = try fields.decode(Int.self, forKey: .rules)
            let sets = try fields.decode(Int.self, forKey: .sets)
            let elements = try fields.decode(Int.self, forKey: .elements)
            name =
                "\(try fields.decode(String.self, forKey: .name)): \(shape) (\(rules) rules, \(sets) sets, "
                + "\(elements) elements)"
            runs = try fields.decode(Int.self, forKey: .runs)
            if let part = try fields.decodeIfPresent(Double.self, forKey: .part) {
                unit = "of the conntrack chain's connections"
                ours = part
                minimum = try fields.decode(Double.self, forKey: .partMinimum)
                maximum = try fields.decode(Double.self, forKey: .partMaximum)
            } else {
                unit = "ns more than the conntrack chain"
                ours = try fields.decode(Double.self, forKey: .added)
                minimum = try fields.decode(Double.self, forKey: .addedMinimum)
                maximum = try fields.decode(Double.self, forKey: .addedMaximum)
            }
        }
    }

    /// Takes what a benchmark has reported.
    ///
    /// - Parameters:
    ///   - circumstances: when and where.
    ///   - remarks: what it said besides.
    mutating func put(
        _ name: String, _ lines: [Line], circumstances: String, remarks: [String]
    ) {
        var text = "## \(name)\n\n\(circumstances)\n\n"
        let isCompared = lines.contains { $0.other != nil }
        let hasTails = lines.contains { $0.p99 != nil }
        var head = ["what", "median", "smallest to largest", "unit", "runs"]
        if hasTails { head.append("99 of 100 within") }
        if isCompared { head += ["beside", "ratio"] }
        text += "| \(head.joined(separator: " | ")) |\n"
        text += "|\(String(repeating: "---|", count: head.count))\n"
        for line in lines {
            let range =
                line.runs > 1
                ? "\(Self.text(line.minimum)) to \(Self.text(line.maximum))" : ""
            var row = [
                line.name, Self.text(line.ours), range, line.unit, "\(line.runs)",
            ]
            if hasTails { row.append(line.p99.map(Self.text) ?? "") }
            if isCompared {
                row.append(line.other.map { "\(Self.text($0)) (\(line.otherIs ?? ""))" } ?? "")
                row.append(line.ratio.map(Self.text) ?? "")
            }
            text += "| \(row.joined(separator: " | ")) |\n"
        }
        if !remarks.isEmpty { text += "\n" + remarks.map { "* \($0)\n" }.joined() }
        sections[name] = text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The page, its sections by name.
    var text: String {
        Self.head
            + sections.sorted { $0.key < $1.key }.map { "\n" + $0.value + "\n" }.joined()
    }

    fileprivate static func text(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e12 { return "\(Int(value))" }
        return String(format: abs(value) < 10 ? "%.3f" : "%.1f", value)
    }
}
