// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// The chains in which peers' addresses are looked up, shared by all classes that decide alike.
struct CellChains {
    /// The chains that something leads to, by name.
    private(set) var needed: [String: Chain] = [:]
    private let names: [String: String]

    /// Where a cell is used: the same runs make other rules in another place.
    struct Place: Hashable {
        var direction: Direction
        var stage: Stage
        var families: [AddressFamily]

        init(_ program: DecisionProgram) {
            direction = program.direction
            stage = program.stage
            families = program.families.sorted()
        }

        /// What lets a packet go on: of workloads' policies, ingress is the last to be asked.
        var allow: Verdict { stage.allow(direction) }
        /// The direction, and with host endpoints the stage.
        var name: String {
            stage == .workload ? direction.rawValue : "\(direction.rawValue) \(stage.rawValue)"
        }
        /// The address of the packet that is the peer's.
        var peer: AddressSide { direction == .ingress ? .source : .destination }
    }

    init(_ program: NodeProgram, sets: PeerSets, names: inout Names) {
        var hints: [String: String] = [:]
        for program in program.programs {
            let place = Place(program)
            for cell in program.cells {
                hints[Self.describe(cell, place, sets)] = cell.policies.first ?? ""
            }
        }
        self.names = names.allocate(hints.keys, prefix: "cell-") { hints[$0]! }
    }

    /// Equal for cells that make equal chains, and for no others.
    private static func describe(_ cell: Cell, _ place: Place, _ sets: PeerSets) -> String {
        let runs = cell.runs.map { run in
            let action =
                switch run.action {
                case .accept: "accept"
                case .drop: "drop"
                case .log: "log"
                case .resume(let next): "resume {\(describe(next, place, sets))}"
                }
            let policies = run.policies.joined(separator: " ")
            return sets.identity(of: run.peers) + " " + action + " " + policies
        }
        let families = place.families.map { $0 == .ipv4 ? "4" : "6" }.joined()
        let parts =
            [place.name, families] + runs
            + [cell.ending.rawValue, cell.policies.joined(separator: " ")]
        return parts.joined(separator: "\n")
    }

    /// The verdict that leads to a cell's decision; makes its chain if it needs one.
    mutating func verdict(for cell: Cell, _ place: Place, _ sets: inout PeerSets) -> Verdict {
        if cell.isUnconditional { return ending(of: cell, place) }
        let name = names[Self.describe(cell, place, sets)]!
        if needed[name] == nil {
            needed[name] = Chain(
                name: name, comment: Comment.listing("", cell.policies),
                rules: rules(for: cell, place, &sets))
        }
        return .goto(name)
    }

    /// The rules that decide a cell, the last without condition.
    mutating func rules(for cell: Cell, _ place: Place, _ sets: inout PeerSets) -> [Rule] {
        var rules: [Rule] = []
        for run in cell.runs {
            let tests = place.families.map { ($0, sets.tests(for: run.peers, $0)) }
            let action = expressions(for: run, place, &sets)
            if tests.allSatisfy({ $0.1 == .always }) {
                rules.append(Rule(action))
                if run.action != .log { return rules }
                continue
            }
            for (family, test) in tests {
                rules += matches(test, family, place).map { Rule($0 + action) }
            }
        }
        return rules + [Rule([.verdict(ending(of: cell, place))])]
    }

    private func matches(_ test: PeerTest, _ family: AddressFamily, _ place: Place)
        -> [[Expression]]
    {
        switch test {
        case .always:
            [Expression.isFamily(family)]
        case .inSets(let names):
            names.map { name in
                Expression.isFamily(family) + [
                    .load(place.peer, family, into: .first),
                    .lookup(set: name, key: .first, isInverted: false),
                ]
            }
        }
    }

    private mutating func expressions(for run: Run, _ place: Place, _ sets: inout PeerSets)
        -> [Expression]
    {
        switch run.action {
        case .accept: [.verdict(place.allow)]
        case .drop: [.counter, .verdict(.drop)]
        case .log: [.log(prefix: Comment.fitting("sluice \(run.policies[0]): "))]
        case .resume(let next): [.verdict(verdict(for: next, place, &sets))]
        }
    }

    private func ending(of cell: Cell, _ place: Place) -> Verdict {
        switch cell.ending {
        case .accept: place.allow
        case .drop: .drop
        case .isolate: place.stage.undecided
        }
    }
}
