// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension NodeProgram {
    /// What the compiler chose where packets' time and memory want different programs, and why, as
    /// text for people.
    public static func explainCosts(
        _ inputs: [Input], _ directory: some PeerDirectory, costs: CostModel = .standard
    ) -> String {
        var report = CostReport(directory: directory, costs: costs)
        for input in inputs {
            for endpoints in [input.ingress, input.egress].compactMap(\.self) {
                report.add(endpoints, of: input.id.description)
            }
        }
        return report.text
    }
}

/// The classes of a node with what was weighed for each, and what was weighed for all of them.
private struct CostReport<Directory: PeerDirectory> {
    let directory: Directory
    let costs: CostModel
    private var book = ClauseBook()
    private var subjects: [EndpointClass: [String]] = [:]
    /// In order of first mention.
    private var classes: [EndpointClass] = []

    init(directory: Directory, costs: CostModel) {
        self.directory = directory
        self.costs = costs
    }

    mutating func add(_ endpoints: EndpointClass, of subject: String) {
        if subjects[endpoints] == nil { classes.append(endpoints) }
        subjects[endpoints, default: []].append(subject)
    }

    var text: String {
        mutating get {
            var lines: [String] = []
            var count = UnionCount()
            var programs: [DecisionProgram] = []
            for endpoints in classes {
                let numbers = book.numbers(of: endpoints)
                let compilation = ClassCompilation(endpoints, numbers, directory, &book, costs)
                let program = DecisionProgram(endpoints, numbers, directory, &book, costs)
                count.add(program)
                programs.append(program)
                lines += self.lines(compilation, program)
            }
            let sets = CommonSets(count, costs) { $0.size(directory) }
            lines += self.lines(of: sets, count, programs)
            return lines.joined(separator: "\n") + "\n"
        }
    }

    // MARK: One class

    private func lines(_ compilation: ClassCompilation, _ program: DecisionProgram) -> [String] {
        let endpoints = compilation.endpoints
        let names = subjects[endpoints] ?? []
        let further = names.count > 3 ? " and \(names.count - 3) more" : ""
        let shadowed = compilation.read.count - compilation.reached.count
        let longest = program.cells.map(\.runs.count).max() ?? 0
        return [
            "\(endpoints.direction.rawValue) of \(names.prefix(3).joined(separator: ", "))\(further)",
            "  \(compilation.read.count) clauses of \(compilation.policies.count) policies"
                + (shadowed == 0 ? "" : ", \(shadowed) of them in the shadow of others"),
            "  " + ports(compilation, program),
            "  \(program.cells.count) cells; at most \(longest) sets to ask behind the port",
            "",
        ]
    }

    private func ports(_ compilation: ClassCompilation, _ program: DecisionProgram) -> String {
        let limit = PortBudget.limit(for: compilation.reached, costs)
        let cost = PortAtoms(compilation.reached).cost
        let asksItself = compilation.clauses.contains { $0.conditions.transport != nil }
        if asksItself {
            return "every clause asks for its own ports: the port first would cost \(cost) clauses "
                + "in cells, of \(limit) that the class may cost"
        }
        if program.ports.isEmpty, program.protocols.isEmpty { return "no port is asked for" }
        return "the port is asked for first, in \(program.ports.count) pieces: \(cost) clauses in "
            + "cells, of \(limit) that the class may cost"
    }

    // MARK: All classes

    private func lines(
        of sets: CommonSets, _ count: UnionCount, _ programs: [DecisionProgram]
    ) -> [String] {
        let copies = count.shared.reduce(0) { sum, entry in
            sum + (entry.value - 1) * CommonSets.rounded(entry.key.size(directory))
        }
        var lines = [
            "all classes",
            "  \(count.unions.count) unions of peers; \(count.shared.count) peers are in several, "
                + "which takes \(copies) elements more than once each would, of "
                + "\(costs.elementBudget) that they may take",
        ]
        if sets == .none {
            return lines + ["  every union is one set: a packet asks one for each run"]
        }
        let apart = Set(sets.rows.values.joined())
        let longest = sets.rows.values.map(\.count).max() ?? 0
        lines.append(
            "  \(sets.rows.count) unions are taken apart into \(apart.count) sets; a packet asks up "
                + "to \(longest) in the place of one")
        return lines
    }
}
