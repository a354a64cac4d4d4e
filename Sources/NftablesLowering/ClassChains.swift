// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// The chain of each class of endpoints, and the maps by which it goes from ports, and from types
/// and codes of ICMP, to cells.
///
/// Both are named after their content and so never change: what is new gets a new name, and an
/// element of the maps from endpoints leads to it once it stands complete (S13).
struct ClassChains {
    private(set) var chains: [Chain] = []
    private(set) var portMaps: [NamedSet] = []
    /// The chain of each program, by its position.
    private(set) var names: [String] = []

    init(
        _ program: NodeProgram, names allocator: inout Names, cells: inout CellChains,
        sets: inout PeerSets
    ) {
        var drafts: [Draft] = []
        for program in program.programs { drafts.append(Draft(program, &cells, &sets)) }
        names = Array(repeating: "", count: drafts.count)
        for direction in Direction.allCases {
            let own = drafts.indices.filter { drafts[$0].program.direction == direction }
            let nameless = own.map { position in
                Names.Nameless(
                    description: drafts[position].description,
                    hint: drafts[position].program.policies.first?.policy.description ?? "closed")
            }
            let allocated = allocator.allocate(nameless, prefix: direction.prefix)
            for (position, name) in zip(own, allocated) { names[position] = name }
        }
        // Stacks that differ only in what no packet comes to make equal classes.
        var known: Set<String> = []
        for (draft, name) in zip(drafts, names) where known.insert(name).inserted {
            add(draft, name: name)
        }
    }

    private mutating func add(_ draft: Draft, name: String) {
        var lookups: [Rule] = []
        for (map, lookup) in draft.maps(of: name) {
            portMaps.append(map)
            lookups.append(Rule(lookup))
        }
        chains.append(
            Chain(
                name: name, comment: Self.comment(draft.program), rules: lookups + draft.rules))
    }

    /// The policies by tier, and behind them the numbers of named ports as far as there is room.
    private static func comment(_ program: DecisionProgram) -> String {
        let policies =
            program.policies.isEmpty ? "no policy" : Comment.joining(program.policies.parts)
        if program.namedPorts.isEmpty { return policies }
        let ports = program.namedPorts.map { "\($0.name)=\($0.number)/\($0.transport)" }
        return Comment.fitting("\(policies); \(ports.joined(separator: " "))")
    }
}

/// A class's chain and map before they have names.
private struct Draft {
    let program: DecisionProgram
    /// The chain's rules behind the one that asks for the port.
    let rules: [Rule]
    private let ports: [SetEntry]
    private let messages: [SetEntry]
    /// Equal for equal classes with equal content only.
    let description: String

    init(_ program: DecisionProgram, _ cells: inout CellChains, _ sets: inout PeerSets) {
        let place = CellChains.Place(program)
        self.program = program
        let isMessage = { (cell: DecisionProgram.PortCell) in cell.transport.hasMessageTypes }
        let ports = Self.entries(program.ports.filter { !isMessage($0) }, place, &cells, &sets)
        messages = Self.entries(program.ports.filter(isMessage), place, &cells, &sets)
        let areFew = ports.areFew && !program.stage.asksOriginalDestination
        self.ports = areFew ? [] : ports
        var rules = areFew ? ports.map(\.asRule) : []
        for entry in program.protocols {
            let verdict = cells.verdict(for: entry.cell, place, &sets)
            rules.append(Rule(Expression.isTransport(entry.transport) + [.verdict(verdict)]))
        }
        rules += cells.rules(for: program.rest, place, &sets, among: program.policies)
        self.rules = rules
        description = Self.describe(program, place, rules, ports: self.ports, messages: messages)
    }

    private static func describe(
        _ program: DecisionProgram, _ place: CellChains.Place, _ rules: [Rule],
        ports: [SetEntry], messages: [SetEntry]
    ) -> String {
        let names = program.namedPorts.map { "\($0.name)=\($0.number)/\($0.transport)" }
        let families = program.families.sorted().map { $0 == .ipv4 ? "4" : "6" }.joined()
        var parts = [place.name, families] + program.policies.map(\.identity) + ["ports"] + names
        parts.append("rules")
        parts += rules.map { $0.text() }
        parts.append("map")
        parts += ports.map(describe)
        if !messages.isEmpty { parts += ["messages"] + messages.map(describe) }
        return parts.joined(separator: "\n")
    }

    private static func describe(_ entry: SetEntry) -> String {
        var text = ""
        for byte in entry.key + (entry.keyEnd ?? []) {
            if !text.isEmpty { text += "." }
            text += String(byte)
        }
        return text + " " + entry.verdict!.description
    }

    /// The maps that lead to cells, whose names tell their form too, each with what looks into it.
    func maps(of chain: String) -> [(NamedSet, [Expression])] {
        portMaps(of: chain) + messageMap(of: chain)
    }

    /// The map from protocols and destination ports; none where no port is asked for.
    private func portMaps(of chain: String) -> [(NamedSet, [Expression])] {
        let prefix = ports.areIntervals ? "ranges-" : "ports-"
        if program.stage.asksOriginalDestination {
            return originalPortMaps(prefix: prefix, chain)
        }
        let map = map(ports, name: prefix + chain)
        return map.map { [($0, Expression.decideByPort($0.name))] } ?? []
    }

    /// A map from ports for each protocol: nft refuses a concatenation with `ct original proto-dst`.
    private func originalPortMaps(
        prefix: String, _ chain: String
    ) -> [(NamedSet, [Expression])] {
        let byTransport = Dictionary(grouping: ports) { IPProtocol(rawValue: $0.key[0]) }
        return byTransport.sorted { $0.key < $1.key }.map { transport, entries in
            let map = NamedSet(
                name: "\(prefix)\(transport)-\(chain)", key: [.inetService],
                isInterval: ports.areIntervals, isVerdictMap: true,
                elements: .entries(entries.map(\.withoutProtocol)))
            return (map, Expression.decideByOriginalPort(transport, map.name))
        }
    }

    /// The map from types and codes of ICMP and ICMPv6.
    private func messageMap(of chain: String) -> [(NamedSet, [Expression])] {
        let map = map(
            messages, name: (messages.areIntervals ? "icmp-ranges-" : "icmp-") + chain,
            comment: "types and codes, 256 times the type and the code")
        return map.map { [($0, Expression.decideByMessage($0.name))] } ?? []
    }

    private func map(_ entries: [SetEntry], name: String, comment: String? = nil) -> NamedSet? {
        if entries.isEmpty { return nil }
        return NamedSet(
            name: name, key: [.inetProtocol, .inetService], isInterval: entries.areIntervals,
            isVerdictMap: true, comment: comment, elements: .entries(entries))
    }

    private static func entries(
        _ ports: [DecisionProgram.PortCell], _ place: CellChains.Place,
        _ cells: inout CellChains, _ sets: inout PeerSets
    ) -> [SetEntry] {
        let hasRanges = ports.contains { $0.ports.count > 1 }
        // Most ports of a class lead to the same few cells.
        var verdicts: [Cell: Verdict] = [:]
        var entries: [SetEntry] = []
        for port in ports {
            let verdict =
                verdicts[port.cell] ?? cells.verdict(for: port.cell, place, &sets)
            verdicts[port.cell] = verdict
            entries.append(
                SetEntry(
                    key: key(port.transport, port.ports.lowerBound),
                    keyEnd: hasRanges ? key(port.transport, port.ports.upperBound) : nil,
                    verdict: verdict))
        }
        return entries.sorted(by: SetEntry.ascends)
    }

    private static func key(_ transport: IPProtocol, _ port: UInt16) -> [UInt8] {
        [transport.rawValue, 0, 0, 0] + port.networkBytes + [0, 0]
    }
}

extension [SetEntry] {
    fileprivate var areIntervals: Bool { contains { $0.keyEnd != nil } }

    /// Whether packets pay less for a rule for each than for a map.
    fileprivate var areFew: Bool {
        count <= (areIntervals ? CostModel.portRangeRules : CostModel.portRules)
    }
}

extension SetEntry {
    /// The element of a map from protocols and ports as a rule.
    fileprivate var asRule: Rule {
        let low = UInt16(key[4]) << 8 | UInt16(key[5])
        let high = keyEnd.map { UInt16($0[4]) << 8 | UInt16($0[5]) } ?? low
        return Rule(
            Expression.isTransport(IPProtocol(rawValue: key[0]))
                + Expression.isPort(.destination, in: low...high) + [.verdict(verdict!)])
    }

    /// The same without the word of four bytes in front that tells the protocol, and without the two
    /// that fill the port's.
    fileprivate var withoutProtocol: SetEntry {
        SetEntry(
            key: Array(key[4..<6]), keyEnd: keyEnd.map { Array($0[4..<6]) }, verdict: verdict,
            comment: comment)
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
