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
    /// The sets of ports that rules look into.
    let ports: PortSets
    private let names: [Placed: String]
    /// What leads to the cells that rules which pass go on in.
    private var continued: [Next: Verdict] = [:]
    private let denyAction: EnforcementSettings.DenyAction

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
        /// The address of the packet that is the endpoint's.
        var own: AddressSide { direction == .ingress ? .destination : .source }
    }

    private struct Placed: Hashable {
        var cell: Cell
        var place: Place
    }

    private struct Next: Hashable {
        var continuation: Continuation
        var place: Place
    }

    init(_ program: NodeProgram, sets: PeerSets, names: inout Names) {
        denyAction = program.denyAction
        ports = PortSets(program, names: &names)
        // Many classes have the same cells.
        var known: Set<Placed> = []
        for program in program.programs {
            let place = Place(program)
            for cell in program.cells { known.insert(Placed(cell: cell, place: place)) }
        }
        let cells = Array(known)
        let nameless = cells.map { [denyAction] placed in
            Names.Nameless(
                description: Self.describe(placed.cell, placed.place, sets, denyAction),
                hint: placed.cell.policies.first?.policy.description ?? "")
        }
        self.names = Dictionary(
            uniqueKeysWithValues: zip(cells, names.allocate(nameless, prefix: "cell-")))
    }

    /// Equal for cells that make equal chains, and for no others.
    private static func describe(
        _ cell: Cell, _ place: Place, _ sets: PeerSets,
        _ denyAction: EnforcementSettings.DenyAction
    ) -> String {
        var described: [Continuation: Int] = [:]
        return describe(cell, place, sets, denyAction, &described)
    }

    /// - Parameter described: the cells that need not be described again, by their order.
    private static func describe(
        _ cell: Cell, _ place: Place, _ sets: PeerSets,
        _ denyAction: EnforcementSettings.DenyAction, _ described: inout [Continuation: Int]
    ) -> String {
        func resumption(_ next: Continuation) -> String {
            if let number = described[next] { return "resume \(number)" }
            let text = describe(next.cell, place, sets, denyAction, &described)
            described[next] = described.count
            return "resume {\(text)}"
        }
        let runs = cell.runs.map { run in
            let action =
                switch run.action {
                case .accept: "accept"
                case .drop: "drop"
                case .log: "log"
                case .resume(let next): resumption(next)
                }
            let origins = run.origins.map(\.identity).joined(separator: " ")
            let conditions = run.conditions.parts(sets.identity(of:)).map { " if " + $0 }.joined()
            return sets.identity(of: run.peers) + conditions + " " + action + " " + origins
        }
        let families = place.families.map { $0 == .ipv4 ? "4" : "6" }.joined()
        let parts =
            [place.name, families] + runs
            + [cell.ending.rawValue, cell.policies.map(\.identity).joined(separator: " ")]
            + [endingIdentity(of: cell, place.stage)].compactMap(\.self)
            + (denyAction == .drop ? [] : ["reject"])
        return parts.joined(separator: "\n")
    }

    /// Of the endings that are commented, what tells their comments apart.
    private static func endingIdentity(of cell: Cell, _ stage: Stage) -> String? {
        switch cell.endingOrigin {
        case .rules(let rules): rules.map(\.identity).joined(separator: " ")
        case .tier(Tier.standard.name), .nothing: nil
        case .tier(let name): stage.leavesUndecided ? nil : "end of tier \(name)"
        }
    }

    /// The verdict that leads to a cell's decision; makes its chain if it needs one.
    mutating func verdict(for cell: Cell, _ place: Place, _ sets: inout PeerSets) -> Verdict {
        if cell.isUnconditional {
            let ending = ending(of: cell, place)
            return ending == denial ? countedDenial : ending
        }
        let name = names[Placed(cell: cell, place: place)]!
        if needed[name] == nil {
            needed[name] = Chain(
                name: name, comment: Comment.joining(cell.policies.parts),
                rules: rules(for: cell, place, &sets, among: cell.policies))
        }
        return .goto(name)
    }

    /// The rules that decide a cell, the last without condition.
    ///
    /// - Parameter policies: those that the comment of the rules' chain names.
    mutating func rules(
        for cell: Cell, _ place: Place, _ sets: inout PeerSets, among policies: [RuleOrigin]
    ) -> [Rule] {
        let rules = headerRules(for: cell, place, &sets, among: policies)
        return place.stage.asksOriginalDestination
            ? rules.map(\.askingOriginalDestination) : rules
    }

    /// The same, asking for what stands in the packet's headers.
    private mutating func headerRules(
        for cell: Cell, _ place: Place, _ sets: inout PeerSets, among policies: [RuleOrigin]
    ) -> [Rule] {
        let comments = RuleComments(policies)
        var rules: [Rule] = []
        // What is asked again has been logged before.
        for run in cell.runs where run.action != .log || !place.stage.asksAgain {
            // Most packets are for other ports, which is cheaper to find out than their addresses.
            let portTests = run.conditions.transport.map { ports.tests(for: $0) } ?? [[]]
            let fromPorts = run.conditions.sourcePorts.map { ports.test(forSources: $0) } ?? []
            let tests = place.families.map { ($0, addressTests(run, $0, place, &sets)) }
            let action = expressions(for: run, place, &sets)
            let comment = comments.text(run.origins)
            if tests.allSatisfy({ $0.1 == [[]] }) {
                rules += portTests.map { Rule($0 + fromPorts + action, comment: comment) }
                if run.action != .log, portTests == [[]], fromPorts.isEmpty { return rules }
                continue
            }
            for (family, alternatives) in tests {
                for ports in portTests {
                    rules += alternatives.map {
                        Rule(
                            ports + Expression.isFamily(family) + $0 + fromPorts + action,
                            comment: comment)
                    }
                }
            }
        }
        let ending = ending(of: cell, place)
        let counter: [Expression] = ending == denial ? [.counter] : []
        let comment = comments.ending(of: cell, place.stage)
        return rules + [Rule(counter + [.verdict(ending)], comment: comment)]
    }

    /// What asks for a packet's addresses, of a family that is known: the run is about the packets
    /// for which one of these alternatives holds.
    private func addressTests(
        _ run: Run, _ family: AddressFamily, _ place: Place, _ sets: inout PeerSets
    ) -> [[Expression]] {
        if let only = run.conditions.family, only != family { return [] }
        var alternatives = tests(run.peers, at: place.peer, isInverted: false, family, &sets)
        let conditions = run.conditions.addresses.sorted {
            ($0.side.rawValue, $0.isInverted ? 1 : 0, sets.identity(of: $0.set))
                < ($1.side.rawValue, $1.isInverted ? 1 : 0, sets.identity(of: $1.set))
        }
        for condition in conditions {
            let side = condition.side == .own ? place.own : place.peer
            let tests = tests(
                condition.set, at: side, isInverted: condition.isInverted, family, &sets)
            alternatives = alternatives.flatMap { first in tests.map { first + $0 } }
        }
        return alternatives
    }

    /// The alternatives of a question to a set about one address.
    private func tests(
        _ set: MatchSet, at side: AddressSide, isInverted: Bool, _ family: AddressFamily,
        _ sets: inout PeerSets
    ) -> [[Expression]] {
        switch sets.tests(for: set, family) {
        case .always:
            return isInverted ? [] : [[]]
        case .inSets(let names):
            let lookups = names.map { name in
                [
                    Expression.load(side, family, into: .first),
                    .lookup(set: name, key: .first, isInverted: isInverted),
                ]
            }
            return isInverted ? [lookups.flatMap(\.self)] : lookups
        }
    }

    private mutating func expressions(for run: Run, _ place: Place, _ sets: inout PeerSets)
        -> [Expression]
    {
        switch run.action {
        case .accept: [.verdict(place.allow)]
        case .drop: [.counter, .verdict(denial)]
        case .log: [.log(prefix: LogPrefix.text(run.origins[0]))]
        case .resume(let next): [.verdict(verdict(for: next, place, &sets))]
        }
    }

    private mutating func verdict(
        for next: Continuation, _ place: Place, _ sets: inout PeerSets
    ) -> Verdict {
        let key = Next(continuation: next, place: place)
        let verdict = continued[key] ?? verdict(for: next.cell, place, &sets)
        continued[key] = verdict
        return verdict
    }

    /// What a packet meets that its port alone denies: elements of maps cannot count themselves.
    private var countedDenial: Verdict {
        mutating get {
            needed[FixedName.deniedByPort] = Chain(
                name: FixedName.deniedByPort, comment: "ports that are denied to everybody",
                rules: [Rule([.counter, .verdict(denial)])])
            return .goto(FixedName.deniedByPort)
        }
    }

    /// What a denied packet meets.
    private var denial: Verdict { denyAction == .drop ? .drop : .goto(FixedName.denied) }

    private func ending(of cell: Cell, _ place: Place) -> Verdict {
        switch cell.ending {
        case .accept: place.allow
        case .drop: denial
        case .isolate: place.stage.undecided == .drop ? denial : place.stage.undecided
        }
    }
}
