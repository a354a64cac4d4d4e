// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// The chains and maps of a node's host endpoints, but for those of their classes.
struct HostChains: Equatable {
    private let program: HostProgram
    /// The name of each class's chain, by its number.
    private let entries: [Int: String]
    /// The chain of each guarded workload's egress class, by its interface.
    private let egress: [String: String]
    /// The name of each guard's chain, by its interface.
    private let guardNames: [String: String]
    /// The chains that lead from interfaces to host endpoints' policies, with the maps that they look
    /// into. Their names tell their content: another one is made beside it, so that packets under way
    /// in one never meet the other's elements (S13).
    private var dispatches: [HostPass: HostDispatch] = [:]

    /// - Parameters:
    ///   - entry: the chain of the class with this number.
    ///   - egress: the chain of a workload's egress class; nil where it has none.
    init(
        _ program: HostProgram, entry: (Int) -> String, egress: (EndpointID) -> String?
    ) {
        self.program = program
        var chains: [String: String] = [:]
        for known in program.guards where chains[known.interface] == nil {
            chains[known.interface] = egress(known.id)
        }
        self.egress = chains
        var names = Names()
        guardNames = names.allocate(Set(program.guards.map(\.interface)), prefix: "guard-") { $0 }
        let numbers = Set(program.endpoints.flatMap(\.programs.values))
        entries = Dictionary(uniqueKeysWithValues: numbers.map { ($0, entry($0)) })
        // Those that others lead to come first.
        for pass in HostPass.all.reversed() where has(pass) { dispatches[pass] = dispatch(pass) }
    }

    /// Whether some host endpoint has something to say there.
    func has(_ pass: HostPass) -> Bool {
        program.endpoints.contains { $0.programs[pass] != nil }
    }

    /// All chains that packets of the node meet besides those of every ruleset.
    var chains: [Chain] {
        var chains = [input]
        if program.settings.endpointToHost != nil { chains.append(workloadToHost) }
        if has(.init(.hostBeforeTranslation, .ingress)) { chains.append(beforeTranslation) }
        if has(.init(.hostUntracked, .ingress)) { chains.append(arrival) }
        if has(.init(.hostUntracked, .egress)) { chains.append(departure) }
        if HostPass.all.contains(where: { $0.stage == .hostUntracked && has($0) }) {
            chains.append(Self.leaveUntracked)
        }
        return chains + HostPass.all.compactMap { dispatches[$0]?.chain } + guards
    }

    /// The interfaces that are a host endpoint's own, where one has a say about the packets to the
    /// node itself.
    private var hostInterfaces: Set<String> {
        if !has(.init(.hostLocal, .ingress)) { return [] }
        var names: Set<String> = []
        for case .interfaces(let own) in program.endpoints.map(\.place) { names.formUnion(own) }
        return names
    }

    private var hostInterfaceSet: NamedSet? {
        let names = hostInterfaces.sorted()
        if names.isEmpty { return nil }
        var hash = StableHash()
        hash.combine(names.joined(separator: "\n"))
        return NamedSet(
            name: "\(FixedName.hostInterfaces)-\(hash.digits)", key: [.interfaceName],
            elements: .entries([])
        ).holding(names.map { SetEntry(key: InterfaceName($0).bytes) })
    }

    /// The maps from interfaces, and the workloads' addresses.
    var sets: [NamedSet] {
        HostPass.all.compactMap { dispatches[$0]?.interfaces }
            + [hostInterfaceSet].compactMap(\.self)
            + AddressFamily.allCases.map { Self.workloads($0, program.workloads) }
            + guardMaps
    }

    /// The same but for the workloads' addresses.
    func isForm(of other: HostChains) -> Bool {
        var own = program
        own.workloads = other.program.workloads
        return own == other.program && entries == other.entries && egress == other.egress
    }

    /// The set of the workloads' addresses of one family.
    static func workloads(_ family: AddressFamily, _ addresses: EndpointAddresses) -> NamedSet {
        NamedSet(
            name: FixedName.workloads(family),
            key: [family == .ipv4 ? .ipv4Address : .ipv6Address], comment: "pods of this node",
            elements: family == .ipv4 ? .ipv4(addresses.ipv4) : .ipv6(addresses.ipv6))
    }

    var workloadAddresses: EndpointAddresses { program.workloads }

    // MARK: Hooks

    /// Packets for the node itself.
    private var input: Chain {
        var rules = guardRules + Skeleton.connectionRules
        rules.append(Rule(Expression.isLoopback(.inputInterface) + [.verdict(.accept)]))
        rules += untrackedAgain(.ingress)
        // What comes by a host endpoint's own interface is no workload's, whatever its source says.
        if let set = hostInterfaceSet {
            rules.append(
                Rule(
                    Expression.isInterface(.inputInterface, in: set.name)
                        + [.verdict(.goto(name(.init(.hostLocal, .ingress))))]))
        }
        rules += fromWorkloads(
            program.settings.endpointToHost == nil
                ? .accept : .goto(FixedName.workloadToHost))
        rules += toDispatch(.init(.hostLocal, .ingress))
        return Chain(name: FixedName.input, base: BaseChain(hook: .input), rules: rules)
    }

    /// What a workload's own policies say of packets to its node, and what becomes of those that
    /// they let pass.
    private var workloadToHost: Chain {
        var rules = Skeleton.judgement(.egress)
        switch program.settings.endpointToHost {
        case .accept, nil: rules.append(Rule([.verdict(.accept)]))
        case .drop: rules.append(Rule([.counter, .verdict(.drop)]))
        case .proceed:
            rules += untrackedAgain(.ingress) + toDispatch(.init(.hostLocal, .ingress))
        }
        return Chain(
            name: FixedName.workloadToHost, comment: "packets from pods to their node",
            rules: rules)
    }

    private var beforeTranslation: Chain {
        Chain(
            name: FixedName.beforeTranslation,
            base: BaseChain(hook: .prerouting, priority: -150),
            rules: Skeleton.connectionRules
                + [Rule(Expression.isLoopback(.inputInterface) + [.verdict(.accept)])]
                + untrackedAgain(.ingress)
                + toDispatch(.init(.hostBeforeTranslation, .ingress)))
    }

    /// What comes in, before connection tracking sees it.
    private var arrival: Chain {
        Chain(
            name: FixedName.arrival, base: BaseChain(hook: .prerouting, priority: -300),
            rules: [
                Rule(Expression.isLoopback(.inputInterface) + [.verdict(.accept)]),
                Skeleton.sparesDiscovery,
            ] + failsafes(.ingress) + replies(to: .egress)
                + toDispatch(.init(.hostUntracked, .ingress)))
    }

    /// What the node sends, before connection tracking sees it.
    private var departure: Chain {
        Chain(
            name: FixedName.departure, base: BaseChain(hook: .output, priority: -300),
            rules: [
                Rule(Expression.isLoopback(.outputInterface) + [.verdict(.accept)]),
                Skeleton.sparesDiscovery,
            ] + failsafes(.egress) + replies(to: .ingress)
                + toDispatch(.init(.hostUntracked, .egress)))
    }

    private static let leaveUntracked = Chain(
        name: FixedName.leaveUntracked, comment: "allowed without a connection",
        rules: [Rule([.notrack, .verdict(.accept)])])

    /// The rules of the forward hook in front of the workloads' policies. What a workload sends is
    /// judged by its interface too: it may be allowed to send from more than its addresses.
    var forwardRules: [Rule] {
        let byInterface =
            egress.isEmpty
            ? []
            : [Rule(Expression.decideByInterface(.inputInterface, FixedName.guardedEgress))]
        return byInterface + hostForwardRules
    }

    private var hostForwardRules: [Rule] {
        Direction.allCases.map { HostPass(.hostForward, $0) }.filter(has).map {
            Rule([.verdict(.jump(name($0)))])
        }
    }

    /// The rules of the output hook about the node's own packets.
    var ownPacketRules: [Rule] {
        let pass = HostPass(.hostLocal, .egress)
        let verdict = has(pass) ? Verdict.goto(name(pass)) : .accept
        return [Rule(Expression.isFromThisNode + [.verdict(verdict)])]
    }

    // MARK: Parts

    /// The name of the chain that leads to what host endpoints say there.
    private func name(_ pass: HostPass) -> String { dispatches[pass]!.chain.name }

    private func toDispatch(_ pass: HostPass) -> [Rule] {
        has(pass) ? [Rule([.verdict(.goto(name(pass)))])] : []
    }

    /// Packets that nobody tracks are asked again whether it is host endpoints' policies that
    /// allow them so.
    private func untrackedAgain(_ direction: Direction) -> [Rule] {
        let pass = HostPass(.hostUntracked, direction)
        if !has(pass) { return [] }
        return [
            Rule(
                Expression.isConnection(.untracked)
                    + [.verdict(.jump(name(pass)))])
        ]
    }

    private func fromWorkloads(_ verdict: Verdict) -> [Rule] {
        Self.workloadRules(.source, verdict)
    }

    private static func workloadRules(_ side: AddressSide, _ verdict: Verdict) -> [Rule] {
        AddressFamily.allCases.map { family in
            Rule(
                Expression.isMember(side, family, of: FixedName.workloads(family))
                    + [.verdict(verdict)])
        }
    }

    /// From the interface to the policies of its host endpoint.
    private func dispatch(_ pass: HostPass) -> HostDispatch {
        let key: MetaKey = pass.direction == .ingress ? .inputInterface : .outputInterface
        let own: AddressSide = pass.direction == .ingress ? .destination : .source
        let other: AddressSide = pass.direction == .ingress ? .source : .destination
        var rules: [Rule] = []
        switch pass.stage {
        case .hostLocal where pass.direction == .egress:
            rules.append(Rule(Expression.isLoopback(key) + [.verdict(.accept)]))
            // What a node sends to its own workloads is never policed (S22).
            rules += Self.workloadRules(.destination, .accept)
            rules += untrackedAgain(.egress) + failsafes(.egress)
        case .hostLocal, .hostBeforeTranslation: rules += failsafes(pass.direction)
        case .hostForward, .hostUntracked, .workload: break
        }
        let interfaces = interfaces(pass)
        rules.append(Rule(Expression.decideByInterface(key, interfaces.name)))
        var everywhere: [Rule] = []
        for endpoint in program.endpoints {
            let verdict = endpoint.programs[pass].map { Verdict.goto(entries[$0]!) } ?? .return
            switch endpoint.place {
            case .interfaces: continue
            case .addresses(let addresses):
                // What is forwarded bears none of the node's addresses.
                if pass.stage == .hostForward { continue }
                rules += addresses.map { address in
                    let block = CIDR(address, prefixLength: address.family == .ipv4 ? 32 : 128)
                    return Rule(Expression.isInBlock(own, block) + [.verdict(verdict)])
                }
            case .everyInterface:
                if !everywhere.isEmpty { continue }
                everywhere =
                    Self.workloadRules(pass.direction == .ingress ? .source : other, .return)
                    + [Rule([.verdict(verdict)])]
            }
        }
        return HostDispatch(pass, rules + everywhere, interfaces)
    }

    private func interfaces(_ pass: HostPass) -> NamedSet {
        var entries: [String: SetEntry] = [:]
        for endpoint in program.endpoints {
            guard case .interfaces(let names) = endpoint.place else { continue }
            let verdict =
                endpoint.programs[pass].map { Verdict.goto(self.entries[$0]!) } ?? .return
            for name in names where entries[name] == nil {
                entries[name] = SetEntry(
                    key: InterfaceName(name).bytes, verdict: verdict,
                    comment: Comment.fitting(endpoint.id.description))
            }
        }
        var hash = StableHash()
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            hash.combine("\(name) \(entry.verdict!) \(entry.comment ?? "")\n")
        }
        return NamedSet(
            name: "\(FixedName.interfaces(pass))-\(hash.digits)", key: [.interfaceName],
            isVerdictMap: true, elements: .entries([])
        ).holding(Array(entries.values))
    }

    // MARK: Forged sources

    /// What comes from a workload's interface bears one of its addresses, or goes no further.
    var guardRules: [Rule] {
        program.guards.isEmpty
            ? [] : [Rule(Expression.decideByInterface(.inputInterface, FixedName.guards))]
    }

    private var guards: [Chain] {
        guardNames.keys.sorted().map { interface in
            let sources = program.guards.filter { $0.interface == interface }.flatMap(\.sources)
            // Neighbours are discovered from link-local addresses, and from none. That the packet is
            // one of IPv6 is known by then.
            let linkLocal = [CIDR("fe80::/10")!, CIDR("::/128")!].map { block in
                Rule(
                    Expression.isInBlock(.source, block)
                        + Expression.isICMPv6Type(in: FixedName.neighbourDiscovery).dropFirst(2)
                        + [.verdict(.return)])
            }
            return Chain(
                name: guardNames[interface]!, comment: "sources of one pod",
                rules: sources.map {
                    Rule(Expression.isInBlock(.source, $0) + [.verdict(.return)])
                } + linkLocal + [Rule([.counter, .verdict(.drop)])])
        }
    }

    private var guardMaps: [NamedSet] {
        func map(_ name: String, _ chains: [String: String]) -> [NamedSet] {
            if chains.isEmpty { return [] }
            return [
                NamedSet(
                    name: name, key: [.interfaceName], isVerdictMap: true, elements: .entries([])
                ).holding(
                    chains.map { interface, chain in
                        SetEntry(key: InterfaceName(interface).bytes, verdict: .jump(chain))
                    })
            ]
        }
        return map(FixedName.guards, guardNames) + map(FixedName.guardedEgress, egress)
    }

    // MARK: Failsafe ports

    private func failsafes(_ direction: Direction) -> [Rule] {
        let other: AddressSide = direction == .ingress ? .source : .destination
        return ports(direction).map { Self.rule($0, port: .destination, other: other) }
    }

    /// Where no connection is known, answers of failsafe ports need a rule of their own.
    private func replies(to direction: Direction) -> [Rule] {
        let other: AddressSide = direction == .ingress ? .destination : .source
        return ports(direction).map { Self.rule($0, port: .source, other: other) }
    }

    private func ports(_ direction: Direction) -> [EnforcementSettings.FailsafePort] {
        direction == .ingress
            ? program.settings.failsafeInbound : program.settings.failsafeOutbound
    }

    private static func rule(
        _ failsafe: EnforcementSettings.FailsafePort, port: AddressSide, other: AddressSide
    ) -> Rule {
        let network = failsafe.network.map { Expression.isInBlock(other, $0) } ?? []
        return Rule(
            network + Expression.isTransport(failsafe.transport)
                + Expression.isPort(port, failsafe.number) + [.verdict(.accept)],
            comment: "failsafe")
    }
}
