// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension NodeProgram {
    /// What the passes up to one have made of the endpoints' policies, as text for people.
    public static func text(
        _ inputs: [Input], _ directory: some PeerDirectory, after pass: CompilerPass,
        costs: CostModel = .standard
    ) -> String {
        switch pass {
        case .clauses, .shadows, .ports, .tiers, .runs, .cells:
            inputs.flatMap { input in
                [input.ingress, input.egress].compactMap(\.self).map { endpoints in
                    endpoints.text(
                        of: input.id.description, directory, after: pass, costs: costs)
                }
            }.joined(separator: "\n")
        case .classes:
            NodeProgram(inputs, directory, costs: costs.withoutBudget).text
        case .sets: NodeProgram(inputs, directory, costs: costs).text
        }
    }
}

extension CostModel {
    /// Every union stays whole.
    fileprivate var withoutBudget: CostModel {
        var costs = self
        costs.elementBudget = .max
        return costs
    }
}

extension EndpointClass {
    fileprivate func text(
        of subject: String, _ directory: some PeerDirectory, after pass: CompilerPass,
        costs: CostModel
    ) -> String {
        var book = ClauseBook()
        let numbers = book.numbers(of: self)
        if pass == .cells {
            let program = DecisionProgram(self, numbers, directory, &book, costs)
            return program.text(of: [subject])
        }
        let compilation = ClassCompilation(self, numbers, directory, &book, costs)
        let head = "\(direction.rawValue) of \(subject)"
        let lines =
            switch pass {
            case .clauses: compilation.text(of: compilation.read)
            case .shadows: compilation.text(of: compilation.reached)
            default: compilation.textOfPieces(after: pass, &book.unions)
            }
        return ([head] + lines.map { "  " + $0 } + [""]).joined(separator: "\n")
    }
}

extension ClassCompilation {
    /// Clauses under their tiers.
    fileprivate func text(of clauses: [Clause]) -> [String] {
        endpoints.tiers.indices.flatMap { tier in
            ["tier \(tier + 1), by default \(endpoints.tiers[tier].defaultAction):"]
                + clauses.filter { $0.tier == tier }.map { "  \($0.text)" }
        }
    }

    fileprivate func textOfPieces(
        after pass: CompilerPass, _ unions: inout UnionMemo
    ) -> [String] {
        var lines: [String] = []
        for piece in pieces {
            switch pass {
            case .ports:
                lines.append("\(piece.text):")
                lines += text(of: piece.clauses.map { clauses[$0] }).map { "  " + $0 }
            case .tiers:
                var known: [ObjectIdentifier: Int] = [:]
                lines.append("\(piece.text):")
                lines += folding.cell(piece.clauses).lines(clauses, &known).map { "  " + $0 }
            default:
                let cell = merging.cell(folding.cell(piece.clauses), &unions)
                lines += cell.lines(piece.text).map { String($0.dropFirst(2)) }
            }
        }
        return lines
    }
}

extension ClassCompilation.Piece {
    fileprivate var text: String {
        guard let transport else { return "other packets" }
        guard let ports else { return "\(transport), other ports" }
        return ports.count == 1
            ? "\(transport) \(ports.lowerBound)"
            : "\(transport) \(ports.lowerBound)-\(ports.upperBound)"
    }
}

extension Clause {
    fileprivate var text: String {
        let transport = scope.isEverything ? "" : " \(scope)"
        return "\(action)\(transport) \(question)   # \([origin].description)"
    }

    /// Whom it means, and on what conditions.
    fileprivate var question: String {
        let conditions = conditions.parts { "(\($0.parts.joined(separator: " | ")))" }
        return ([peers.parts.joined(separator: " | ")] + conditions).joined(separator: "; ")
    }
}

extension FoldedCell {
    /// - Parameter known: the cells behind that have been written, by their numbers.
    fileprivate func lines(_ clauses: [Clause], _ known: inout [ObjectIdentifier: Int]) -> [String]
    {
        var lines: [String] = []
        for step in steps {
            let clause = clauses[step.clause]
            lines.append("\(clause.action) \(clause.question)   # \([clause.origin].description)")
            guard case .resume(let next) = step.action else { continue }
            if let number = known[ObjectIdentifier(next)] {
                lines.append("  as behind the pass \(number)")
            } else {
                known[ObjectIdentifier(next)] = known.count + 1
                lines.append("  behind the pass \(known.count):")
                lines += next.cell.lines(clauses, &known).map { "    " + $0 }
            }
        }
        return lines + ["otherwise \(ending.text)"]
    }
}
