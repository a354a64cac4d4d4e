// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension NodeProgram {
    /// The programs as text for people: which endpoints, which ports, which peers, what then.
    public var text: String {
        var lines: [String] = []
        for (position, program) in programs.enumerated() {
            let subjects = endpoints.filter {
                (program.direction == .ingress ? $0.ingress : $0.egress) == position
            }
            lines += program.lines(subjects.map(\.id.description))
            lines.append("")
        }
        return lines.joined(separator: "\n")
    }
}

extension DecisionProgram {
    /// The program as text for people.
    func text(of subjects: [String]) -> String {
        (lines(subjects) + [""]).joined(separator: "\n")
    }

    fileprivate func lines(_ subjects: [String]) -> [String] {
        var lines = [
            "\(direction.rawValue) of \(subjects.joined(separator: ", "))",
            "  policies: \(policies.description)",
        ]
        if !namedPorts.isEmpty {
            let ports = namedPorts.map { "\($0.name) = \($0.number)/\($0.transport)" }
            lines.append("  named ports: \(ports.joined(separator: ", "))")
        }
        for entry in ports {
            let range = entry.ports
            let text =
                range.count == 1
                ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
            lines += entry.cell.lines("\(entry.transport) \(text)")
        }
        for entry in protocols { lines += entry.cell.lines("\(entry.transport), other ports") }
        lines += rest.lines(ports.isEmpty && protocols.isEmpty ? "every packet" : "other packets")
        return lines
    }
}

extension Cell {
    func lines(_ head: String) -> [String] {
        var known: [Continuation: String] = [:]
        return lines(head, &known)
    }

    /// - Parameter known: the cells behind that need not be written again, with the rules that led
    ///   there first.
    fileprivate func lines(_ head: String, _ known: inout [Continuation: String]) -> [String] {
        var lines = ["  \(head):"]
        for run in runs {
            lines += run.lines(&known).map { "    \($0)" }
        }
        return lines + ["    \(runs.isEmpty ? "" : "otherwise ")\(ending.text)"]
    }
}

extension Cell.Ending {
    var text: String {
        switch self {
        case .accept: "allow"
        case .drop: "deny"
        case .isolate: "deny (isolated; the endpoint itself may)"
        }
    }
}

extension Run {
    fileprivate func lines(_ known: inout [Continuation: String]) -> [String] {
        let head =
            switch action {
            case .accept: "allow"
            case .drop: "deny"
            case .log: "log"
            case .resume: "ask the tiers behind"
            }
        let origin = "   # \(origins.description)"
        let conditions = conditions.parts { "(\($0.parts.joined(separator: " | ")))" }
        let parts = [peers.parts.joined(separator: " | ")] + conditions
        var lines = ["\(head) \(parts.joined(separator: "; "))\(origin)"]
        guard case .resume(let next) = action else { return lines }
        if let first = known[next] {
            lines.append("  there as behind \(first)")
        } else {
            known[next] = origins.description
            lines += next.cell.lines("there", &known)
        }
        return lines
    }
}
