// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// The chain of each class of endpoints, and the map by which it goes from ports to cells.
struct ClassChains {
    private(set) var chains: [Chain] = []
    private(set) var portMaps: [NamedSet] = []
    /// The chain of each program, by its position.
    private(set) var names: [String] = []

    init(
        _ program: NodeProgram, names allocator: inout Names, cells: inout CellChains,
        sets: inout PeerSets
    ) {
        let descriptions = program.programs.map(Self.describe)
        let hints = Dictionary(zip(descriptions, program.programs.map { $0.policies[0] })) {
            first, _ in first
        }
        for direction in Direction.allCases {
            let own = zip(descriptions, program.programs).filter { $0.1.direction == direction }
            let allocated = allocator.allocate(own.map(\.0), prefix: direction.prefix) {
                hints[$0]!
            }
            byDescription.merge(allocated) { first, _ in first }
        }
        for (description, program) in zip(descriptions, program.programs) {
            let name = byDescription[description]!
            names.append(name)
            add(program, name: name, &cells, &sets)
        }
    }

    private var byDescription: [String: String] = [:]

    private static func describe(_ program: DecisionProgram) -> String {
        let ports = program.namedPorts.map { "\($0.name)=\($0.number)/\($0.transport)" }
        let families = program.families.sorted().map { $0 == .ipv4 ? "4" : "6" }.joined()
        let parts = [program.direction.rawValue, families] + program.policies + ["ports"] + ports
        return parts.joined(separator: "\n")
    }

    private mutating func add(
        _ program: DecisionProgram, name: String, _ cells: inout CellChains,
        _ sets: inout PeerSets
    ) {
        let place = CellChains.Place(program)
        var rules: [Rule] = []
        if !program.ports.isEmpty {
            let map = portMap(program, chain: name, place, &cells, &sets)
            portMaps.append(map)
            rules.append(Rule(Expression.decideByPort(map.name)))
        }
        for entry in program.protocols {
            let verdict = cells.verdict(for: entry.cell, place, &sets)
            rules.append(Rule(Expression.isTransport(entry.transport) + [.verdict(verdict)]))
        }
        rules += cells.rules(for: program.rest, place, &sets)
        chains.append(Chain(name: name, comment: Self.comment(program), rules: rules))
    }

    /// The policies, and behind them the numbers of named ports as far as there is room.
    private static func comment(_ program: DecisionProgram) -> String {
        let policies = Comment.listing("", program.policies)
        if program.namedPorts.isEmpty { return policies }
        let ports = program.namedPorts.map { "\($0.name)=\($0.number)/\($0.transport)" }
        return Comment.fitting("\(policies); \(ports.joined(separator: " "))")
    }

    /// The map's form is in its name, so that a policy which needs the other form gets another map
    /// and no map ever changes its form.
    private func portMap(
        _ program: DecisionProgram, chain: String, _ place: CellChains.Place,
        _ cells: inout CellChains, _ sets: inout PeerSets
    ) -> NamedSet {
        let hasRanges = program.ports.contains { $0.ports.count > 1 }
        var entries: [SetEntry] = []
        // Most ports of a class lead to the same few cells.
        var verdicts: [Cell: Verdict] = [:]
        func verdict(for cell: Cell) -> Verdict {
            if let known = verdicts[cell] { return known }
            let verdict = cells.verdict(for: cell, place, &sets)
            verdicts[cell] = verdict
            return verdict
        }
        for port in program.ports {
            let low = Self.key(port.transport, port.ports.lowerBound)
            let high = Self.key(port.transport, port.ports.upperBound)
            entries.append(
                SetEntry(
                    key: low, keyEnd: hasRanges ? high : nil,
                    verdict: verdict(for: port.cell)))
        }
        return NamedSet(
            name: (hasRanges ? "ranges-" : "ports-") + chain, key: [.inetProtocol, .inetService],
            isInterval: hasRanges, isVerdictMap: true,
            elements: .entries(entries.sorted(by: SetEntry.ascends)))
    }

    private static func key(_ transport: IPProtocol, _ port: UInt16) -> [UInt8] {
        [transport.rawValue, 0, 0, 0] + port.networkBytes + [0, 0]
    }
}

extension Direction {
    /// How the names of the direction's class chains begin.
    fileprivate var prefix: String {
        switch self {
        case .ingress: "in-"
        case .egress: "out-"
        }
    }
}
